import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fanLevel } from '../../lambdas/briefs/article/fan-level.ts';
import { interactionOf, interactionPerFan, noteScore } from '../../lambdas/briefs/article/interaction.ts';
import { platformNames } from '../../lambdas/briefs/platforms/names.ts';
import { sampleArticles } from '../../test/lambdas/briefs/export/sample-stage.ts';
import { type Benchmark, type Figure, figure, say } from '../figures.ts';

const runs = 3;
const once = path.join(import.meta.dirname, 'export-once.ts');
const script = path.join(import.meta.dirname, 'export_baseline.py');
const font = path.resolve(import.meta.dirname, '../../lambdas/briefs/export/cloud/noto-sans-sc.ttf');
// BENCH_PYTHON names another interpreter, such as one of a virtual environment.
const python = process.env.BENCH_PYTHON ?? 'python3';
/** One core, where the machine can say so. */
const pinned = spawnSync('taskset', ['--version']).status === 0 ? ['taskset', '-c', '0'] : [];

interface Took {
  readonly took: readonly { readonly wall: number; readonly processor: number }[];
  readonly megabytes: number;
}

/** Articles of five platforms to workbooks, twelve word clouds and the zip, each run in a process of its own. */
export const benchmark: Benchmark = {
  title:
    'Files of a stage of 5 platforms x 1 keyword: segmentation, both workbooks, 12 word clouds and the zip, on one core',
  async measure() {
    const [small, large] = [await folderOf(1000), await folderOf(10_000)];
    try {
      const ours: Took[] = [];
      const many: Took[] = [];
      const theirs: Took[] = [];
      const inPython = hasPython();
      for (let run = 1; run <= runs; run += 1) {
        ours.push(await measured(process.execPath, once, small, '2'));
        // By turns: what else the machine does weighs on both.
        if (inPython) theirs.push(await measured(python, script, small, font));
        many.push(await measured(process.execPath, once, large, '1'));
        say(`  round ${run} of ${runs}`);
      }
      return [
        ...figuresOf('5 x 1,000, first in its process', ours, 0),
        ...figuresOf('5 x 1,000, second in its process', ours, 1),
        ...figuresOf('5 x 10,000, first in its process', many, 0),
        ...(theirs.length > 0 ? figuresOf('5 x 1,000 by jieba, openpyxl and wordcloud', theirs, 0) : []),
        ...(theirs.length > 0
          ? [figure('processor time of Python / of ours, both first', 'times', ratios(theirs, ours))]
          : []),
      ];
    } finally {
      for (const folder of [small, large]) await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Articles that nobody wrote, 138 characters each on average, as lines of JSON by platform. */
async function folderOf(many: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  for (const platform of platformNames) {
    const isNote = platform === 'redbook';
    const lines = sampleArticles(platform, many).map((article, index) => {
      const interaction = interactionOf(platform, article);
      return JSON.stringify({
        ...article,
        id: index + 1,
        keywords: ['护肤'],
        interaction,
        interaction_per: isNote ? interactionPerFan(interaction, article.user_fans) : null,
        score: isNote ? noteScore(article) : null,
        user_fans_level: fanLevel(platform, article.user_fans),
      });
    });
    await writeFile(path.join(folder, `${platform}.jsonl`), lines.join('\n'));
  }
  return folder;
}

async function measured(...command: readonly string[]): Promise<Took> {
  const [program = '', ...options] = [...pinned, ...command];
  const { stdout } = await promisify(execFile)(program, options);
  return JSON.parse(stdout) as Took;
}

function hasPython(): boolean {
  if (spawnSync(python, ['-c', 'import jieba, openpyxl, wordcloud']).status === 0) return true;
  say(`  Without the Python baseline: ${python} has not all of jieba, openpyxl and wordcloud`);
  return false;
}

function figuresOf(what: string, all: readonly Took[], place: number): Figure[] {
  const of = (name: 'wall' | 'processor') => all.map(({ took }) => took[place]?.[name] ?? Number.NaN);
  return [
    figure(`${what}: clock`, 's', of('wall')),
    figure(`${what}: processor`, 's', of('processor')),
    ...(place === 0
      ? [
          figure(
            `${what}: most memory`,
            'MB',
            all.map(({ megabytes }) => megabytes),
          ),
        ]
      : []),
  ];
}

const ratios = (theirs: readonly Took[], ours: readonly Took[]) =>
  theirs.map(({ took }, index) => (took[0]?.processor ?? Number.NaN) / (ours[index]?.took[0]?.processor ?? Number.NaN));
