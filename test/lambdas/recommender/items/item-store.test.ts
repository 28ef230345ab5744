import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sentItem } from '../../../../lambdas/recommender/items/item-message.ts';
import { upsertItems } from '../../../../lambdas/recommender/items/item-view-store.ts';
import { exactVectors } from '../../../../lambdas/recommender/vectors/exact-vector-store.ts';
import { makeVectors } from '../../../../lambdas/recommender/vectors/make-vectors.ts';
import { embedHashed } from '../../../../lambdas/recommender/vectors/text-vector.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
afterAll(() => database.stop());

const arrived = (tenant_id: string, item_id: string, title: string, [minute, offset] = [0, 0]) => ({
  tenant_id,
  scenario_id: 'news',
  item: sentItem.parse({ item_id, metadata: { title, tags: ['a "b"', 'c\\d', 'NULL'], own: 1 } }),
  at: new Date(Date.UTC(2026, 10, 30, 0, minute)),
  offset,
});
const store = (...items: ReturnType<typeof arrived>[]) =>
  database.app.transaction((session) => upsertItems(session, items));

async function titleOf(tenant: string, item: string) {
  const { rows } = await sql<{ title: string; tags: string[] }>`
    SELECT title, tags FROM recommender.items WHERE tenant_id = ${tenant} AND item_id = ${item}`.execute(
    database.app.query,
  );
  return rows[0];
}

test('newer content replaces older by time, then offset, and a replay changes nothing', async () => {
  const [old, newer, newest] = [
    arrived('t1', 'x', 'old', [1, 9]),
    arrived('t1', 'x', 'newer', [2, 3]),
    arrived('t1', 'x', 'newest', [2, 4]),
  ];

  const counts = [await store(newer), await store(old), await store(newest, newer), await store(newest)];

  expect(counts).toMatchObject([
    { inserted: 1 },
    { unchanged: 1, updated: 0 },
    { updated: 1, repeated: 1 },
    { unchanged: 1, updated: 0 },
  ]);
  expect(await titleOf('t1', 'x')).toEqual({ title: 'newest', tags: ['a "b"', 'c\\d', 'NULL'] });
});

test('a new item has its neighbours in both directions, and none of another tenant', async () => {
  const ports = { store: exactVectors(database.app), embed: embedHashed, wake: async () => undefined };
  const near = async (tenant: string, item: string) => {
    const { rows } = await sql<{ other_id: string }>`
      SELECT other_id FROM recommender.neighbors WHERE tenant_id = ${tenant} AND item_id = ${item}
      ORDER BY score DESC, other_id`.execute(database.app.query);
    return rows.map(({ other_id }) => other_id);
  };
  const scenario = (tenant_id: string) => ({ tenant_id, scenario_id: 'news' });
  await store(arrived('t2', 'wall', '长城旅游攻略'), arrived('t3', 'wall', '长城旅游攻略'));
  expect(await makeVectors(scenario('t2'), ports)).toBe(1);
  await store(arrived('t2', 'tour', '北京长城旅游'), arrived('t3', 'foreign', '北京长城旅游'));

  expect(await makeVectors(scenario('t2'), ports)).toBe(1);
  expect(await makeVectors(scenario('t2'), ports)).toBe(0);

  expect([await near('t2', 'tour'), await near('t2', 'wall')]).toEqual([['wall'], ['tour']]);
});
