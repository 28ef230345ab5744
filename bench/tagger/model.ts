import { existsSync, readFileSync } from 'node:fs';
import { segment } from '#language/segmenter.ts';
import { createTagger } from '../../lambdas/tagger/create-tagger.ts';
import { readText } from '../../lambdas/tagger/model/read-text.ts';
import { readModel } from '../../lambdas/tagger/model/topic-model.ts';
import { defaultRules } from '../../lambdas/tagger/rules/default-rules.ts';
import { smallCorpus } from '../../test/lambdas/tagger/model/small-corpus.ts';
import { readRows } from '../../training/rows.ts';
import { type Benchmark, type Figure, figure } from '../figures.ts';

const rounds = 5;
const labelled = process.env.BENCH_HEADLINES;

/** Texts per second, one by one: by the clock, and by the processor's time, which a busy machine doesn't lower. */
function rates(what: string, texts: readonly string[], work: (text: string) => unknown): Figure[] {
  for (const text of texts) work(text);
  const [byClock, byProcessor]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const used = process.cpuUsage();
    const began = performance.now();
    for (const text of texts) work(text);
    byClock.push(texts.length / ((performance.now() - began) / 1e3));
    const { user, system } = process.cpuUsage(used);
    byProcessor.push(texts.length / ((user + system) / 1e6));
  }
  return [
    figure(`${what}, by the clock`, 'headlines/s', byClock),
    figure(`${what}, by the processor's time`, 'headlines/s', byProcessor),
  ];
}

export const benchmark: Benchmark = {
  title:
    'the shipped model, one headline after another on one core (made-up headlines unless BENCH_HEADLINES names rows)',
  async measure() {
    const rows = labelled !== undefined && existsSync(labelled) ? readRows(labelled) : smallCorpus(10_000, 1);
    const texts = rows.map(({ text }) => text);
    const file = readFileSync('lambdas/tagger/model/topics.model');
    const loads = Array.from({ length: rounds }, () => {
      const began = performance.now();
      readModel(file);
      return performance.now() - began;
    });
    const model = readModel(file);
    const tag = createTagger(model, defaultRules());
    return [
      figure('model file to ready', 'ms', loads),
      ...rates('segmented and classified', texts, (text) => model.classify(readText(text, segment))),
      ...rates('with rules and keywords', texts, tag),
    ];
  },
};
