import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sentItem } from '../../../../lambdas/recommender/items/item-message.ts';
import { itemsApi } from '../../../../lambdas/recommender/items/item-routes.ts';
import { itemView, upsertItems } from '../../../../lambdas/recommender/items/item-view-store.ts';
import { exactVectors } from '../../../../lambdas/recommender/vectors/exact-vector-store.ts';
import { makeVectors } from '../../../../lambdas/recommender/vectors/make-vectors.ts';
import { embedHashed } from '../../../../lambdas/recommender/vectors/text-vector.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { clientOf } from '../api-client.ts';

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

test('a search finds words of title, description, author and tags in the tenant’s own items, page by page', async () => {
  const scenario_id = 'shop';
  const items = [
    { item_id: 'a', metadata: { title: '紫砂 Teapot 100%', category: 'tea' } },
    { item_id: 'b', metadata: { title: 'cup', description: 'goes with a TEAPOT', category: 'tea' } },
    { item_id: 'c', metadata: { title: 'tray', author: 'Teapot & Co', tags: ['wood'] }, status: 'inactive' },
    { item_id: 'd', metadata: { title: 'kettle', tags: ['teapot', 'iron_1'] } },
    { item_id: 'e', metadata: { title: 'bowl' } },
  ];
  for (const tenant_id of ['s1', 's2'])
    await database.app.transaction((session) =>
      upsertItems(
        session,
        (tenant_id === 's1' ? items : items.slice(0, 1)).map((item, offset) => ({
          tenant_id,
          scenario_id,
          item: sentItem.parse(item),
          at: new Date(Date.UTC(2026, 10, 30)),
          offset,
        })),
      ),
    );
  const view = itemView(database.app, { vectorsUrl: 'http://none', clock: () => new Date() });
  const caller = { name: 'shop', scheme: 'bearer' as const, tenants: ['s1', 's2'], permissions: [] };
  const ask = clientOf(itemsApi, { items: view }, caller);
  const search = (query: Record<string, string>, tenant = 's1') =>
    ask('GET /api/v1/items/search', { tenant, query: { scenario_id, ...query } });
  const found = async (query: Record<string, string>, tenant?: string) =>
    (await search(query, tenant)).data.items.map(({ item_id }: { item_id: string }) => item_id).sort();

  expect(await found({ q: 'teapot' })).toEqual(['a', 'b', 'c', 'd']);
  expect(await found({ q: 'teapot' }, 's2')).toEqual(['a']);
  expect(await found({ q: '紫砂' })).toEqual(['a']);
  expect(await found({ q: 'teapot', status: 'active', category: 'tea' })).toEqual(['a', 'b']);
  expect(await found({ q: 'teapot', tag: 'wood' })).toEqual(['c']);
  expect(await found({ q: 'teapot', scenario_id: 'another' })).toEqual([]);
  // Signs of patterns stand for themselves.
  expect([await found({ q: '%' }), await found({ q: '_' }), await found({ q: '\\' })]).toEqual([['a'], ['d'], []]);
  const pages = [
    await search({ q: 'teapot', page_size: '3' }),
    await search({ q: 'teapot', page_size: '3', page: '2' }),
  ];
  expect(pages.map(({ data }) => [data.total, data.page, data.page_size, data.items.length])).toEqual([
    [4, 1, 3, 3],
    [4, 2, 3, 1],
  ]);
  expect((await search({ q: 'teapot', page: '0', page_size: '1000' })).data).toMatchObject({ page: 1, page_size: 100 });
  for (const query of [
    {},
    { q: '' },
    { q: 'x'.repeat(201) },
    { q: 'a\0' },
    { q: 'x', page: 'y' },
    { q: 'x', status: 'no' },
  ])
    expect(await search(query as Record<string, string>), JSON.stringify(query)).toMatchObject({ code: 400 });
});

test('an item whose vector another has made is due again, and once only', async () => {
  const scenario_id = 'by-model';
  const item = sentItem.parse({ item_id: 'a', metadata: { title: 'kettle' } });
  await database.app.transaction((session) =>
    upsertItems(session, [{ tenant_id: 'v1', scenario_id, item, at: new Date(Date.UTC(2026, 10, 30)), offset: 0 }]),
  );
  const scenario = { tenant_id: 'v1', scenario_id };
  const made = (madeBy?: string) =>
    makeVectors(scenario, {
      store: exactVectors(database.app, madeBy),
      embed: async (texts) => texts.map(() => new Float32Array(256).fill(1 / 16)),
      wake: async () => undefined,
    });

  expect([await made(), await made(), await made('a-model'), await made('a-model'), await made('another')]).toEqual([
    1, 0, 1, 0, 1,
  ]);
  expect(await made()).toBe(1);
});
