import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { refreshStatistics } from '../../../../lambdas/presale/steps/refresh-statistics.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { newProjectsRefresher } from '../../../../lambdas/presale/stores/new-projects-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import { staleStatistics } from '../../../../lambdas/presale/stores/statistics/stale-statistics-store.ts';
import { statisticsRefresher } from '../../../../lambdas/presale/stores/statistics-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine, streamed } from '../sample-file.ts';

let database: TestDatabase<PresaleTables>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  await sql`TRUNCATE presale.deals, presale.deal_statistics_new_projects`.execute(database.admin.query);
});

/** m2 that make this many 坪 of house, or a hair more, beside 28.17 m2 of parking. */
const area = (ping: number) => (28.17 + Math.ceil((ping / 0.3025) * 100) / 100).toFixed(2);

async function load(rows: readonly Readonly<Record<string, string>>[], county: 'A' | 'F' = 'F') {
  const bytes = sampleFile(rows.map((changes, index) => sampleLine({ 編號: `RPTEST00S${index}`, ...changes })));
  await runStore(database.app).begin(samplePlan());
  const file = { plan: samplePlan(), county, backup: sampleBackup(county) };
  await dealLoader(database.app, 'raw')(file, (refusals) => readFile(streamed(bytes), refusals));
}

async function newProjects(today: string, query: Readonly<Record<string, string>> = {}) {
  await newProjectsRefresher(database.app)(['A', 'F'], today);
  const { body } = await readingApi(database.app)('GET /apiv1/deal-statistics/new-projects', {
    length: '500',
    ...query,
  });
  return body.result.data as unknown as readonly Readonly<Record<string, unknown>>[];
}

const counts = (groups: readonly Readonly<Record<string, unknown>>[]) =>
  groups.map(({ months, size_class, count }) => [months, size_class, count]);

test('a group has its count and its averages in 萬 and 萬 per 坪', async () => {
  await load([{}]);

  // 11,280,000 less 1,300,000 for (139.01 - 28.17) m2: 33.53 坪, 29.77 萬 per 坪.
  expect((await newProjects('2022-07-31'))[0]).toEqual({
    county: '新北市',
    district: '測試區',
    project_name: '樣品屋',
    months: 1,
    size_class: '[30,40)',
    first_deal: '2022-07-13',
    count: 1,
    average_house_unit_price_wan_per_ping: 29.8,
    average_price_wan: 1128,
    as_of: '2022-07-31',
  });
});

test('each deal counts in the windows of 1, 3 and 6 months that hold its day', async () => {
  await load([{ 交易年月日: '1110713' }, { 交易年月日: '1110601' }, { 交易年月日: '1110301' }]);

  expect(counts(await newProjects('2022-07-31'))).toEqual([
    [1, '[30,40)', 1],
    [3, '[30,40)', 2],
    [6, '[30,40)', 3],
  ]);
  // A month ago to the day is outside, and so is what comes after the day.
  expect(counts(await newProjects('2022-08-13'))[0]).toEqual([3, '[30,40)', 2]);
  expect(counts(await newProjects('2022-08-12'))[0]).toEqual([1, '[30,40)', 1]);
  expect(counts(await newProjects('2022-07-12'))[0]).toEqual([3, '[30,40)', 1]);
});

test('sizes are of the house without its parking, each class from its first 坪 on', async () => {
  const sizes = [9.99, 10, 19.99, 20, 30, 39.99, 40, 200];
  await load([...sizes.map((ping) => ({ 建物移轉總面積平方公尺: area(ping) })), { 建物移轉總面積平方公尺: '28.17' }]);

  const found = counts(await newProjects('2022-07-31')).filter(([months]) => months === 1);
  expect(found.map(([, size, count]) => [size, count])).toEqual([
    ['[0,10)', 1],
    ['[10,20)', 2],
    ['[20,30)', 1],
    ['[30,40)', 2],
    ['[40,inf)', 2],
  ]);
});

test('a project is new for 12 months after its first deal, in its district', async () => {
  await load([{ 交易年月日: '1110713' }, { 交易年月日: '1120710' }]);

  expect(await newProjects('2023-07-12')).not.toEqual([]);
  expect(await newProjects('2023-07-13')).toEqual([]);
});

test('terminated and withdrawn deals count neither as deals nor as the first one', async () => {
  await load([{ 交易年月日: '1100101' }, {}, { 交易年月日: '1110714' }, { 建案名稱: '' }]);
  await sql`UPDATE presale.deals SET withdrawn_at = now() WHERE serial_number = 'RPTEST00S0'`.execute(
    database.admin.query,
  );
  await sql`UPDATE presale.deals SET termination = '全部解約' WHERE serial_number = 'RPTEST00S1'`.execute(
    database.admin.query,
  );

  const groups = await newProjects('2022-07-31');
  expect(counts(groups)[0]).toEqual([1, '[30,40)', 1]);
  expect(groups[0]).toMatchObject({ first_deal: '2022-07-14' });
});

test('the API filters by county and district', async () => {
  await load([{}, { 鄉鎮市區: '淡水區' }]);
  await load([{}], 'A');

  expect(await newProjects('2022-07-31')).toHaveLength(9);
  expect(await newProjects('2022-07-31', { county: '台北市' })).toHaveLength(3);
  expect(await newProjects('2022-07-31', { county: '新北市', district: '淡水區' })).toHaveLength(3);
});

test('the step counts from the day it is in Taiwan', async () => {
  await load([{}]);
  const written: string[] = [];
  const ports = {
    refresh: statisticsRefresher(database.app),
    refreshNewProjects: newProjectsRefresher(database.app),
    stale: staleStatistics(database.app),
    writeDeals: async (letters: readonly string[]) => void written.push(...letters),
    clock: () => new Date('2022-08-12T16:00:00Z'),
  };

  expect(await refreshStatistics({ plan: samplePlan() }, ports)).toEqual({ groups: 1, new_project_groups: 2 });
  expect(written).toEqual(expect.arrayContaining([...samplePlan().counties, 'A']));
  const { rows } = await sql`SELECT DISTINCT as_of FROM presale.deal_statistics_new_projects`.execute(
    database.app.query,
  );
  expect(rows).toEqual([{ as_of: '2022-08-13' }]);
});
