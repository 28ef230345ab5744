import fc from 'fast-check';
import { expect, test } from 'vitest';
import { similarItems, similarityLimits, type Touches } from '../../../lambdas/recommender/similarity/cosine.ts';

function touchesOf(pairs: readonly (readonly [user: number, item: number])[], weights?: readonly number[]): Touches {
  return {
    users: Int32Array.from(pairs, ([user]) => user),
    items: Int32Array.from(pairs, ([, item]) => item),
    weights: weights && Float64Array.from(weights),
    userCount: Math.max(-1, ...pairs.map(([user]) => user)) + 1,
    itemCount: Math.max(-1, ...pairs.map(([, item]) => item)) + 1,
  };
}

test('4 and 9 users with 3 in common are similar by 0.5, from both sides', () => {
  const ofA = [0, 1, 2, 3].map((user) => [user, 0] as const);
  const ofB = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((user) => [user, 1] as const);

  expect([...similarItems(touchesOf([...ofA, ...ofB]))]).toEqual([
    { item: 0, others: [1], scores: [0.5], overlaps: [3] },
    { item: 1, others: [0], scores: [0.5], overlaps: [3] },
  ]);
});

test('who comes back to an item counts once', () => {
  const once = touchesOf([
    [0, 0],
    [0, 1],
    [1, 0],
  ]);
  const often = touchesOf([
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 0],
    [1, 0],
    [0, 1],
  ]);

  expect([...similarItems(often)]).toEqual([...similarItems(once)]);
});

test('what is similar by 0.1 is not above 0.1', () => {
  const only = (item: number, from: number) => Array.from({ length: 9 }, (_, at) => [from + at, item] as const);
  const tenAndTen = touchesOf([[0, 0], [0, 1], ...only(0, 1), ...only(1, 10)]);

  expect([...similarItems(tenAndTen)]).toEqual([]);
});

test('with weights it is the dot product over both lengths', () => {
  const [first] = similarItems(
    touchesOf(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      [1, 4, 2, 2],
    ),
  );

  // (3, 2) and (4, 0)
  expect(first?.scores[0]).toBeCloseTo(12 / (Math.sqrt(13) * 4), 12);
});

test('a program that touches everything makes nothing similar', () => {
  const limits = { ...similarityLimits, mostItemsOfAUser: 3 };

  expect([
    ...similarItems(
      touchesOf([
        [0, 0],
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 0],
        [1, 1],
      ]),
      limits,
    ),
  ]).toEqual([
    { item: 0, others: [1], scores: [1], overlaps: [1] },
    { item: 1, others: [0], scores: [1], overlaps: [1] },
  ]);
});

test('any rows come to what the formula says of every pair', () => {
  const pair = fc.tuple(fc.nat(12), fc.nat(8));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 120 }), (pairs) => {
      const usersOf = (item: number) => new Set(pairs.filter(([, of]) => of === item).map(([user]) => user));
      const expected = Array.from({ length: 9 }, (_, item) => {
        const own = usersOf(item);
        return Array.from({ length: 9 }, (_, other) => {
          const theirs = usersOf(other);
          const overlap = own.intersection(theirs).size;
          return { other, overlap, score: overlap / Math.sqrt(own.size * theirs.size) };
        })
          .filter(({ other, score }) => other !== item && score > 0.1)
          .sort((one, two) => two.score - one.score || one.other - two.other);
      });
      const found = new Map([...similarItems(touchesOf(pairs))].map((row) => [row.item, row]));
      for (const [item, rows] of expected.entries()) {
        expect(found.get(item)?.others ?? []).toEqual(rows.map(({ other }) => other));
        expect(found.get(item)?.scores ?? []).toEqual(rows.map(({ score }) => score));
        expect(found.get(item)?.overlaps ?? []).toEqual(rows.map(({ overlap }) => overlap));
      }
    }),
  );
});
