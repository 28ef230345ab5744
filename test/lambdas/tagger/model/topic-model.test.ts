import { expect, test } from 'vitest';
import { segment } from '#language/segmenter.ts';
import { decodeModel, encodeModel } from '../../../../lambdas/tagger/model/model-file.ts';
import { readText } from '../../../../lambdas/tagger/model/read-text.ts';
import { readModel } from '../../../../lambdas/tagger/model/topic-model.ts';
import { measure } from '../../../../training/measure.ts';
import { trainModel } from '../../../../training/train-model.ts';
import { smallCorpus } from './small-corpus.ts';

const trainedAt = new Date('2026-01-02T03:04:05Z');
const options = { seed: 3, members: 2, entries: 20_000, trainedAt };
const rows = smallCorpus(600, 1);
const file = trainModel(rows, options);

test('a model trained on three topics tells them apart in headlines it has not seen', () => {
  const model = readModel(file);

  expect(measure(model, smallCorpus(300, 2)).accuracy).toBeGreaterThan(0.97);
  expect(model.about).toMatchObject({ labels: ['astronomy', 'cooking', 'gardening'], rows: 600, seed: 3 });
  expect(model.version).toMatch(/^2026-01-02-[0-9a-f]{8}$/);
});

test('the same rows, seed and date give the same bytes, another seed does not', () => {
  expect(trainModel(rows, options).equals(file)).toBe(true);
  expect(trainModel(rows, { ...options, seed: 4 }).equals(file)).toBe(false);
});

test('a model file holds what was put in', () => {
  const { header, tables } = decodeModel(file);

  const again = decodeModel(encodeModel(header, tables));
  expect(again.header).toEqual(header);
  expect(again.tables).toEqual(tables);
});

test('the probabilities of a text add up to one, and a text that says nothing known has none', () => {
  const model = readModel(file);
  const shares = model.classify(readText('周末红烧排骨', segment));

  expect(shares?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(shares?.indexOf(Math.max(...(shares ?? [])))).toBe(model.about.labels.indexOf('cooking'));
});

test('a file that is no model, cut or damaged is refused with its reason', () => {
  const damaged = Buffer.from(file);
  damaged.writeUInt8(damaged.readUInt8(5000) ^ 1, 5000);
  const { header, tables } = decodeModel(file);
  const claim = (change: object) => encodeModel({ ...header, ...change }, tables);

  expect(() => readModel(Buffer.from('{}'))).toThrow('Not a model file');
  expect(() => readModel(file.subarray(0, file.length - 9))).toThrow('checksum');
  expect(() => readModel(damaged)).toThrow('checksum');
  expect(() => readModel(claim({ entries: header.entries + 1 }))).toThrow('tables');
  expect(() => readModel(claim({ labels: [] }))).toThrow('labels');
  expect(() => readModel(claim({ featureSet: 'other' }))).toThrow('train it anew');
});
