import { segment } from '#language/segmenter.ts';
import { readText } from '../lambdas/tagger/model/read-text.ts';
import type { TopicModel } from '../lambdas/tagger/model/topic-model.ts';
import type { Row } from './rows.ts';

/**
 * The factor by which the scores of a model of temperature 1 give the most likely probabilities for rows it hasn't seen.
 * The logarithms of its probabilities are its scores but for a constant, which softmax doesn't see.
 */
export function bestTemperature(model: TopicModel, rows: readonly Row[]): number {
  const scored = rows.flatMap(({ text, label }) => {
    const shares = model.classify(readText(text, segment));
    return shares ? [{ logs: shares.map(Math.log), right: model.about.labels.indexOf(label) }] : [];
  });
  const loss = (factor: number) =>
    scored.reduce((sum, { logs, right }) => {
      const total = logs.reduce((all, log) => all + Math.exp(log * factor), 0);
      return sum + Math.log(total) - (logs[right] ?? 0) * factor;
    }, 0);
  // Steps of 5 %, from 1/10 to 10: finer than the rows can tell.
  const factors = Array.from({ length: 95 }, (_, step) => 0.1 * 1.05 ** step);
  return factors.reduce((best, factor) => (loss(factor) < loss(best) ? factor : best), 1);
}
