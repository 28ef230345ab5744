import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { updateHotItems } from '../../../lambdas/recommender/hot/hot-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

let database: TestDatabase<unknown>;
let scenario: ReturnType<typeof scenarioIn>;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
beforeEach(async () => {
  await emptied(database);
  scenario = scenarioIn(database);
});
afterAll(() => database?.stop());

async function scores(): Promise<Record<string, number>> {
  await updateHotItems(database.app, scenario.key, now);
  const { rows } = await sql<{ item_id: string; score: number }>`
    SELECT item_id, score FROM recommender.hot_items WHERE audience = ''`.execute(database.app.query);
  return Object.fromEntries(rows.map(({ item_id, score }) => [item_id, score]));
}

test('each action is hot by its weight, and one that has none or that nobody knows by nothing', async () => {
  const weights = { impression: 0.5, view: 1, click: 2, like: 3, favorite: 4, comment: 4, share: 5, purchase: 10 };
  const others = ['dislike', 'play', 'waved'];
  const all = [...Object.keys(weights), ...others];
  await scenario.items(all.map((id) => ({ id })));
  await scenario.deeds(all.map((action) => ({ user: 'u', item: action, action, hours: 0 })));

  expect(await scores()).toEqual(weights);
});

test('an action loses by e to the tenth of its days, adds up with the others, and counts for a day', async () => {
  await scenario.items(['new', 'old', 'both', 'gone'].map((id) => ({ id })));
  await scenario.deeds([
    { user: 'u', item: 'new', action: 'purchase', hours: 0 },
    { user: 'u', item: 'old', action: 'purchase', hours: 12 },
    { user: 'u', item: 'both', action: 'like', hours: 6 },
    { user: 'v', item: 'both', action: 'share', hours: 18 },
    { user: 'u', item: 'gone', action: 'purchase', hours: 24.5 },
  ]);

  const found = await scores();
  expect(Object.keys(found).sort()).toEqual(['both', 'new', 'old']);
  expect(found.new).toBe(10);
  expect(found.old).toBeCloseTo(9.512294, 6);
  expect(found.both).toBeCloseTo(3 * 0.97530991 + 5 * 0.92774349, 6);
});
