import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultModel } from '../../../../lambdas/tagger/model/default-model.ts';
import { measure } from '../../../../training/measure.ts';
import { readLabelNames, readRows } from '../../../../training/rows.ts';

const headlines = '../shared/data/headlines';
const present = existsSync(`${headlines}/dev.txt`);

test('the shipped model knows the ten topics and is smaller than 8 MB', () => {
  const topics = 'finance realty stocks education science society politics sports game entertainment';

  expect(defaultModel().about.labels.join(' ')).toBe(topics);
  expect(statSync('lambdas/tagger/model/topics.model').size).toBeLessThan(8e6);
});

test.skipIf(!present)('the shipped model is right in 92 % of the dev headlines (skipped where they are not)', () => {
  const measured = measure(defaultModel(), readRows(`${headlines}/dev.txt`, readLabelNames(`${headlines}/class.txt`)));

  expect(measured.rows).toBe(10_000);
  expect(measured.accuracy).toBeGreaterThan(0.92);
  // Calibrated: as sure as it is right.
  expect(Math.abs(measured.confidence - measured.accuracy)).toBeLessThan(0.02);
});
