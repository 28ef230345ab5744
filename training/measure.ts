import { segment } from '#language/segmenter.ts';
import { readText } from '../lambdas/tagger/model/read-text.ts';
import type { TopicModel } from '../lambdas/tagger/model/topic-model.ts';
import type { Row } from './rows.ts';

/** How well a model answers. */
export interface Measured {
  readonly rows: number;
  /** Share of rows whose likeliest label is right. */
  readonly accuracy: number;
  /** Mean of the probability given to the likeliest label: that of an honest model is its accuracy. */
  readonly confidence: number;
  /** By right label, by answered label. */
  readonly confusion: readonly (readonly number[])[];
  /** One by one: folded, segmented and classified. */
  readonly headlinesPerSecond: number;
}

/** Asks a model for each row. Rows of a label that it doesn't know count as wrong. */
export function measure(model: TopicModel, rows: readonly Row[]): Measured {
  const { labels } = model.about;
  const confusion = labels.map(() => labels.map(() => 0));
  let right = 0;
  let confidence = 0;
  const begun = performance.now();
  for (const { text, label } of rows) {
    const shares = model.classify(readText(text, segment)) ?? new Float64Array(labels.length);
    const answer = shares.reduce((best, share, at) => (share > (shares[best] ?? 0) ? at : best), 0);
    confidence += shares[answer] ?? 0;
    if (labels[answer] === label) right += 1;
    const line = confusion[labels.indexOf(label)];
    if (line) line[answer] = (line[answer] ?? 0) + 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  return {
    rows: rows.length,
    accuracy: right / rows.length,
    confidence: confidence / rows.length,
    confusion,
    headlinesPerSecond: rows.length / seconds,
  };
}
