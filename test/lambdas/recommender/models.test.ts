import { describe, expect, test } from 'vitest';
import { chanceFrom } from '../../../lambdas/recommender/models/chance.ts';
import { cutByChance } from '../../../lambdas/recommender/models/cuts.ts';
import { trainers } from '../../../lambdas/recommender/models/index.ts';
import { measure } from '../../../lambdas/recommender/models/measures.ts';
import { type FittedModel, type Interaction, modelKinds } from '../../../lambdas/recommender/models/model.ts';

/** Users of two tastes: each touches a third of the items of one, and one of all. */
function tastes(seed: number): Interaction[] {
  const chance = chanceFrom(seed);
  return Array.from({ length: 120 }, (_, user) =>
    Array.from({ length: 40 }, (_unused, item) => {
      const isTheirs = item % 2 === user % 2;
      return chance() < (isTheirs ? 0.35 : 0.02)
        ? [{ user: `u${user}`, item: `i${item}`, at: 1_700_000_000_000 + user * 86_400_000 + item * 1000 }]
        : [];
    }).flat(),
  ).flat();
}

const content = Array.from({ length: 41 }, (_, item) => ({
  item: `i${item}`,
  tags: [item % 2 === 0 ? 'even' : 'odd'],
  year: 2000 + (item % 2) * 20,
}));

function ndcgOf(model: FittedModel, learnt: readonly Interaction[], heldOut: readonly Interaction[]): number {
  const histories = Map.groupBy(learnt, ({ user }) => user);
  const judged = [...Map.groupBy(heldOut, ({ user }) => user)].map(([user, rows]) => ({
    proposed: model.score(histories.get(user) ?? [], 10).map(({ item }) => item),
    relevant: new Set(rows.map(({ item }) => item)),
  }));
  return measure(judged, model.items.length).ndcg;
}

describe.each(modelKinds)('%s', (kind) => {
  const rows = tastes(1);
  const parameters = trainers[kind].tune(rows, content, chanceFrom(1));
  const model = trainers[kind].fit(rows, content, parameters);
  const history = rows.filter(({ user }) => user === 'u0');

  test('proposes nothing that the history holds, and no item twice', () => {
    const proposed = model.score(history, 20).map(({ item }) => item);

    expect(proposed.length).toBeGreaterThan(5);
    expect(new Set(proposed).size).toBe(proposed.length);
    expect(proposed.filter((item) => history.some((one) => one.item === item))).toEqual([]);
  });

  test('reads back what it has kept, to the bit', () => {
    const read = trainers[kind].fromBytes(model.toBytes());

    expect(read.score(history, 20)).toEqual(model.score(history, 20));
  });

  test('does not depend on the order of rows', () => {
    const again = trainers[kind].fit(rows.toReversed(), content.toReversed(), parameters);

    expect(again.score(history, 20)).toEqual(model.score(history, 20));
  });

  test('refuses the bytes of another kind, and bytes cut off', () => {
    const other = modelKinds.find((one) => one !== kind) ?? kind;

    expect(() => trainers[other].fromBytes(model.toBytes())).toThrow(RangeError);
    expect(() => trainers[kind].fromBytes(model.toBytes().subarray(0, -8))).toThrow(RangeError);
  });
});

test.each(['cosine', 'dlae', 'ials'] as const)('%s finds tastes that popularity cannot', (kind) => {
  const { learnt, heldOut } = cutByChance(tastes(2), chanceFrom(3));
  const made = (one: 'popular' | typeof kind) =>
    trainers[one].fit(learnt, content, trainers[one].tune(learnt, content, chanceFrom(1)));

  expect(ndcgOf(made(kind), learnt, heldOut)).toBeGreaterThan(1.3 * ndcgOf(made('popular'), learnt, heldOut));
});

test('an item that nobody touched is proposed for its content', () => {
  const rows = tastes(1);
  const model = trainers.dlae.fit(rows, content, {
    lambda: 20,
    dropout: 0.5,
    nearWeight: 0,
    nearSeconds: 300,
    labelWeight: 0.3,
    yearWeight: 0.1,
    wordWeight: 0,
  });
  // Of all even items but two: what is left is those, and i40, which is even too.
  const even = Array.from({ length: 18 }, (_, place) => ({ item: `i${2 * place}` }));

  expect(model.score(even, 3).map(({ item }) => item)).toContain('i40');
  const [first] = model.score([{ item: 'i40' }], 1);
  expect(Number(first?.item.slice(1)) % 2).toBe(0);
  expect(first?.because).toEqual(['i40']);
});

test('parameters for which the matrix has no inverse get the ridge that it needs', () => {
  const rows = tastes(1);
  const model = trainers.dlae.fit(rows, content, {
    lambda: 0.001,
    dropout: 0,
    nearWeight: 5,
    nearSeconds: 100_000,
    labelWeight: 0,
    yearWeight: 0,
    wordWeight: 0,
  });

  expect(model.score([{ item: 'i0' }], 5).length).toBe(5);
});

test('measures are those of the field', () => {
  const { ndcg, map, precision, recall } = measure(
    [{ proposed: ['a', 'x', 'b'], relevant: new Set(['a', 'b', 'c']) }],
    10,
  );

  expect(ndcg).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2), 10);
  expect(map).toBeCloseTo((1 + 2 / 3) / 3, 10);
  expect(precision).toBeCloseTo(0.2, 10);
  expect(recall).toBeCloseTo(2 / 3, 10);
});
