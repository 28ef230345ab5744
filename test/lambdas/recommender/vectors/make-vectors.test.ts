import { expect, test } from 'vitest';
import { batchesOfModel, embedOneByOne } from '../../../../lambdas/recommender/vectors/embed-one-by-one.ts';
import { makeVectors, type VectorStore } from '../../../../lambdas/recommender/vectors/make-vectors.ts';

const scenario = { tenant_id: 't', scenario_id: 'news' };

/** Holds so many items without a vector. */
function storeOf(items: number) {
  let left = items;
  const none = { description: null, category: null, author: null, tags: [], embedding: null };
  const store: VectorStore = {
    due: async (_scenario, most) =>
      Array.from({ length: Math.min(left, most) }, (_, at) => ({
        ...none,
        item_id: `${left - at}`,
        content_hash: `${left - at}`,
        title: 'a',
      })),
    keep: async () => undefined,
    nearest: async () => [],
    keepNeighbors: async (_scenario, made) => {
      left -= made.length;
    },
  };
  return { store, left: () => left };
}

test.each([
  [undefined, 5000, 5000],
  [batchesOfModel, 1000, 2 * 5000 - 1000],
])('a turn of %s batches makes %i vectors and asks for another turn', async (batches, made, left) => {
  const held = storeOf(made + left);
  const woken: unknown[] = [];

  const count = await makeVectors(scenario, {
    store: held.store,
    embed: embedOneByOne(async () => [1]),
    ...(batches === undefined ? {} : { batches }),
    wake: async (scenarios) => void woken.push(scenarios),
  });

  expect([count, held.left(), woken]).toEqual([made, left, [[scenario]]]);
});
