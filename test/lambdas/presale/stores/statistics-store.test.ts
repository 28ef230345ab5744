import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { dealReader } from '../../../../lambdas/presale/stores/deal-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import { statisticsRefresher } from '../../../../lambdas/presale/stores/statistics-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine, streamed } from '../sample-file.ts';

let database: TestDatabase<PresaleTables>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  await sql`TRUNCATE presale.deals`.execute(database.admin.query);
});

async function statisticsOf(rows: readonly Readonly<Record<string, string>>[]) {
  const bytes = sampleFile(rows.map((changes, index) => sampleLine({ 編號: `RPTEST00S${index}`, ...changes })));
  await runStore(database.app).begin(samplePlan());
  const file = { plan: samplePlan(), county: 'F' as const, backup: sampleBackup() };
  await dealLoader(database.app, 'raw')(file, (refusals) => readFile(streamed(bytes), refusals));
  await statisticsRefresher(database.app)(['F']);
  return (await dealReader(database.app).statistics({ start: 0, length: 500 })).data;
}

test('a group has its count and its averages in 萬 and 萬 per 坪', async () => {
  // 11,280,000 less 1,300,000 for (139.01 - 28.17) m2: 33.53 坪, 29.77 萬 per 坪.
  expect(await statisticsOf([{}])).toEqual([
    {
      county: '新北市',
      district: '測試區',
      year: 2022,
      month: 7,
      project_name: '樣品屋',
      rooms: 3,
      count: 1,
      average_price_wan: 1128,
      average_house_price_wan: 998,
      average_house_unit_price_wan_per_ping: 29.8,
    },
  ]);
});

test('halves go up', async () => {
  const half = { 總價元: '10005000', 車位總價元: '0', 車位移轉總面積平方公尺: '0', 建物移轉總面積平方公尺: '0' };

  expect(await statisticsOf([half])).toMatchObject([{ average_price_wan: 1001, average_house_price_wan: 1001 }]);
});

const withoutHouse = { 建物移轉總面積平方公尺: '28.17' };

test('a deal without house area counts, but not in the unit price', async () => {
  expect(await statisticsOf([withoutHouse, {}])).toMatchObject([
    { count: 2, average_house_unit_price_wan_per_ping: 29.8 },
  ]);
});

test('a group without any house area has no unit price', async () => {
  expect(await statisticsOf([withoutHouse])).toMatchObject([{ average_house_unit_price_wan_per_ping: null }]);
});

test('other kinds of deals and uses don’t count', async () => {
  expect(await statisticsOf([{ 交易標的: '房地(土地+建物)' }, { 主要用途: '商業用' }])).toEqual([]);
});

test('terminated and withdrawn deals don’t count', async () => {
  await statisticsOf([{}, {}, {}]);
  await sql`UPDATE presale.deals SET withdrawn_at = now() WHERE serial_number = 'RPTEST00S0'`.execute(
    database.app.query,
  );
  await sql`UPDATE presale.deals SET termination = '全部解約' WHERE serial_number = 'RPTEST00S1'`.execute(
    database.app.query,
  );

  await statisticsRefresher(database.app)(['F']);
  expect((await dealReader(database.app).statistics({ start: 0, length: 5 })).data).toMatchObject([{ count: 1 }]);
});

test('groups are of months, projects and rooms', async () => {
  const rows = await statisticsOf([{}, { 交易年月日: '1110801' }, { 建案名稱: '乙' }, { '建物現況格局-房': '2' }, {}]);

  expect(rows.map((row) => [row.month, row.project_name, row.rooms, row.count])).toEqual([
    [7, '乙', 3, 1],
    [7, '樣品屋', 2, 1],
    [7, '樣品屋', 3, 2],
    [8, '樣品屋', 3, 1],
  ]);
});

test('two refreshes at once are one after the other', async () => {
  await statisticsOf([{}]);

  const refreshes = [database.app, database.another()].map((through) => statisticsRefresher(through)(['F']));
  expect(await Promise.all(refreshes)).toEqual([1, 1]);
});
