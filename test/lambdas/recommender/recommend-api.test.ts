import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Caller } from '#kit/api/authentication.ts';
import { servingApi } from '../../../lambdas/recommender/serving/routes.ts';
import { computeSimilarity } from '../../../lambdas/recommender/similarity/similarity-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { clientOf } from './api-client.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

const caller: Caller = { name: 'shop', scheme: 'bearer', tenants: ['t1'], permissions: [] };

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

interface Item {
  readonly item_id: string;
  readonly reason: string;
  readonly debug?: {
    readonly source: string;
    readonly strategies: readonly { readonly strategy: string; readonly history: readonly string[] }[];
    readonly rules: readonly string[];
  };
}

async function recommended(user: string | undefined, body: object) {
  const ask = clientOf(servingApi, scenario.parts, caller);
  return ask('POST /api/v1/recommend', {
    ...(user === undefined ? {} : { user }),
    body: { scenario_id: 's1', ...body },
  });
}

test('debug explains each item: which history, which strategy, which rule; without it there is none', async () => {
  await scenario.items(Array.from({ length: 5 }, (_, at) => ({ id: `i${at + 1}`, category: 'c', age: at })));
  const both = ['a', 'b'].flatMap((user) => ['i1', 'i4'].map((item) => ({ user, item })));
  await scenario.deeds([...both, { user: 'c', item: 'i1' }]);
  await computeSimilarity(database.app, scenario.key, { now, days: 30 });

  const explained = await recommended('c', { count: 5, debug: true });
  const items: Item[] = explained.data.items;
  const near = items.find(({ item_id }) => item_id === 'i4');
  const seen = items.find(({ item_id }) => item_id === 'i1');

  expect(explained).toMatchObject({ code: 200, message: 'success' });
  expect(items).toHaveLength(5);
  expect(items.every(({ debug }) => debug?.source === 'computed')).toBe(true);
  expect(near?.debug?.strategies.find(({ strategy }) => strategy === 'similarity')?.history).toEqual(['i1']);
  expect(near?.debug?.rules[0]).toMatch(/^freshness 0\.\d\d$/);
  expect([seen?.reason, seen?.debug?.rules.at(-1), items.at(-1)]).toEqual(['seen', 'seen', seen]);
  expect((await recommended('c', { count: 5 })).data.items.filter((item: Item) => item.debug)).toEqual([]);
});

test('whoever names no user gets what everybody likes; what is asked wrongly, or is not there, says so', async () => {
  await scenario.items([{ id: 'i1' }, { id: 'i2' }]);

  expect((await recommended(undefined, {})).data.items).toHaveLength(2);
  for (const count of [0, 101, 1.5, 'x']) expect(await recommended('u', { count })).toMatchObject({ code: 400 });
  expect(await recommended('u', { scenario_id: 'nowhere' })).toEqual({
    code: 404,
    message: '场景不存在: nowhere',
    data: null,
  });
});

test('what a user did and was shown is told as it was taken, the newest first, page by page, to their own tenant', async () => {
  const ask = clientOf(servingApi, scenario.parts, caller);
  const history = async (query: Record<string, string>, user_id = 'u') =>
    (await ask('GET /api/v1/users/{user_id}/behaviors', { path: { user_id }, query })).data;
  await scenario.deeds([
    { user: 'u', item: 'i1', action: 'impression', hours: 3 },
    { user: 'u', item: 'i1', hours: 2, device: 'phone' },
    { user: 'u', item: 'i2', action: 'purchase', hours: 1 },
    { user: 'another', item: 'i3' },
  ]);
  await scenarioIn(database, 't2').deeds([{ user: 'u', item: 'theirs' }]);
  const { query } = database.app;
  await sql`
    INSERT INTO recommender.scenarios (tenant_id, scenario_id, name, type, config, author)
    VALUES ('t1', 's1', 's1', 'custom', '{}', 'me'), ('t1', 'empty', 'empty', 'custom', '{}', 'me')`.execute(query);
  const told = ({ items }: { items: { item_id: string; action: string }[] }) =>
    items.map(({ item_id, action }) => `${action} ${item_id}`);

  const all = await history({});
  expect(told(all)).toEqual(['purchase i2', 'click i1', 'impression i1']);
  expect(all).toMatchObject({ total: 3, page: 1, items: [{}, { device: 'phone', scenario_id: 's1' }, {}] });
  expect(told(await history({ page: '2', page_size: '2' }))).toEqual(['impression i1']);
  expect(await history({ action: 'purchase' })).toMatchObject({ total: 1, items: [{ item_id: 'i2' }] });
  expect(await history({ scenario_id: 'empty' })).toMatchObject({ total: 0, items: [] });
  expect(await history({}, 'nobody')).toMatchObject({ total: 0, items: [] });
  // As all pages that clients number: above the most it is that.
  expect(await history({ page_size: '101' })).toMatchObject({ page_size: 100 });
  expect(
    await ask('GET /api/v1/users/{user_id}/behaviors', { path: { user_id: 'u' }, query: { page: 'x' } }),
  ).toMatchObject({ code: 400 });
});
