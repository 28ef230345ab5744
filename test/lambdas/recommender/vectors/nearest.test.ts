import { expect, test } from 'vitest';
import { VectorTable } from '../../../../lambdas/recommender/vectors/nearest.ts';
import { embedHashed, unit } from '../../../../lambdas/recommender/vectors/text-vector.ts';
import { randomNumbers } from '../../../support/random.ts';

test('the nearest are those of a look at each, in whatever order they came, and never the item itself', () => {
  const random = randomNumbers(7);
  const vectors = Array.from({ length: 500 }, (_, id) => ({
    id: `i${id}`,
    vector: unit(Float32Array.from({ length: 30 }, () => random() - 0.5)),
  }));
  const table = new VectorTable(30);
  for (const { id, vector } of vectors) table.set(id, vector);
  const [wanted] = vectors;
  if (!wanted) throw new Error('There is one');
  const dot = (other: Float32Array) => other.reduce((sum, value, at) => sum + value * (wanted.vector[at] ?? 0), 0);
  const expected = vectors
    .slice(1)
    .map(({ id, vector }) => ({ id, score: dot(vector) }))
    .filter(({ score }) => score > 0.1)
    .sort((a, b) => b.score - a.score)
    .slice(0, 20);

  const found = table.nearest(wanted.vector, { count: 20, above: 0.1, not: wanted.id });

  expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
});

test('an item that changed stands once, with its new vector', () => {
  const table = new VectorTable(2);
  table.set('a', Float32Array.of(1, 0));
  table.set('a', Float32Array.of(0, 1));

  expect(table.size).toBe(1);
  expect(table.nearest(Float32Array.of(0, 1), { count: 5, above: 0, not: '' })).toEqual([{ id: 'a', score: 1 }]);
});

test('texts about the same are nearer than others, and the same text has the same vector', async () => {
  const text = (title: string, tags: string[] = []) => ({
    title,
    tags,
    description: null,
    category: null,
    author: null,
  });
  const [wall, tour, recipe, again, nothing] = await embedHashed([
    text('长城一日游攻略', ['旅游']),
    text('北京长城旅游路线', ['旅游']),
    text('家常红烧肉做法', ['美食']),
    text('长城一日游攻略', ['旅游']),
    text(''),
  ]);
  const dot = (a?: Float32Array, b?: Float32Array) =>
    a?.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0) ?? 0;

  expect(dot(wall, tour)).toBeGreaterThan(dot(wall, recipe) + 0.2);
  expect(again).toEqual(wall);
  expect(dot(wall, wall)).toBeCloseTo(1, 5);
  expect(dot(nothing, nothing)).toBe(0);
});
