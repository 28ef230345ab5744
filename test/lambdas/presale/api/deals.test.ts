import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import { statisticsRefresher } from '../../../../lambdas/presale/stores/statistics-store.ts';
import type { DealRow, PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine, streamed } from '../sample-file.ts';
import { readingApi } from './api.ts';

let database: TestDatabase<PresaleTables>;
let api: ReturnType<typeof readingApi>;
let all: DealRow[];

const projects = ['Park189', 'park189', '100%滿', '五_六', '反\\斜', "O'Hara", ''];
const line = (index: number) =>
  sampleLine({
    編號: `RPTEST00S${index}`,
    鄉鎮市區: `${'甲乙丙'[index % 3]}區`,
    建案名稱: projects[index % projects.length] ?? '',
    交易年月日: `111${String((index % 12) + 1).padStart(2, '0')}${String((index % 28) + 1).padStart(2, '0')}`,
    總價元: String(((index * 7919) % 50) * 100_000),
    單價元平方公尺: String((index * 31) % 20),
  });

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
  api = readingApi(database.app);
  for (const county of ['F', 'A'] as const) {
    const bytes = sampleFile(Array.from({ length: county === 'F' ? 300 : 20 }, (_, index) => line(index)));
    const plan = samplePlan({ counties: ['F', 'A'] });
    await runStore(database.app).begin(plan);
    await dealLoader(database.app, 'raw')({ plan, county, backup: sampleBackup(county) }, () =>
      readFile(streamed(bytes)),
    );
  }
  await statisticsRefresher(database.app)(['F', 'A']);
  all = await database.admin.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
});

afterAll(() => database.stop());

const deals = (query: Record<string, string> = {}) => api('GET /apiv1/deals', query);
const year = { from_: '1640966400', to_: '1672502399' };

test('a deal is all of its columns, numbers as numbers and dates as dates', async () => {
  const { body } = await api('GET /apiv1/deals/{id}', {}, { id: String(all[0]?.id) });

  expect(body.result).toEqual(JSON.parse(JSON.stringify(all[0])));
  expect(Object.keys(body.result)).toHaveLength(32);
  expect(body.result).toMatchObject({ building_area_m2: 139.01, transaction_date: '2022-01-01', price_twd: 0 });
});

test('a deal that isn’t there is told as existing clients know it', async () => {
  expect(await api('GET /apiv1/deals/{id}', {}, { id: '99999999' })).toEqual({
    status: 404,
    body: { error: 'Not Found', message: "Deal id 99999999 doesn't exist." },
  });
});

test('without parameters: 新北市, the last 365 days, fifteen, the newest first', async () => {
  const { body } = await deals();
  const expected = all.filter(
    ({ county, transaction_date: date }) => county === '新北市' && date >= '2021-12-01' && date <= '2022-12-01',
  );

  expect(body.result.total).toBe(expected.length);
  expect(body.result.data).toHaveLength(15);
  expect(body.result.data[0]?.transaction_date).toBe(
    expected
      .map((deal) => deal.transaction_date)
      .sort()
      .at(-1),
  );
});

const columnsOf = {
  price: 'price_twd',
  unit_price: 'unit_price_twd_per_m2',
  transaction_date: 'transaction_date',
} as const;

test('filters, order and pages agree with a computation over all rows', async () => {
  const order = fc.record({
    name: fc.constantFrom('price', 'unit_price', 'transaction_date'),
    sign: fc.constantFrom('+', '-', ' ', ''),
  });
  const query = fc.record({
    county: fc.constantFrom('新北市', '臺北市', '台北市', '連江縣', '台北市,新北市', '連江縣,臺北市,臺北市'),
    district: fc.option(fc.constantFrom('甲區', '丙區', '丁區'), { nil: undefined }),
    search: fc.option(fc.constantFrom('ark', '189', '%', '_', '\\', "'", '五_六', ''), { nil: undefined }),
    sort: fc.uniqueArray(order, { maxLength: 3, minLength: 1, selector: ({ name }) => name }),
    start: fc.nat(350),
    length: fc.integer({ min: 1, max: 500 }),
    days: fc.tuple(fc.nat(364), fc.nat(364)),
  });

  await fc.assert(
    fc.asyncProperty(query, async ({ county, district, search, sort, start, length, days }) => {
      const [from, to] = days.map((day) => new Date(Date.UTC(2022, 0, 1 + day)).toISOString().slice(0, 10));
      const seconds = (date: string | undefined) => String(Date.parse(`${date}T00:00:00+08:00`) / 1000);
      const { status, body } = await deals({
        county,
        ...(district === undefined ? {} : { district }),
        ...(search === undefined ? {} : { search }),
        from_: seconds(from),
        to_: seconds(to),
        sort: sort.map(({ sign, name }) => sign + name).join(','),
        start: String(start),
        length: String(length),
      });

      const expected = all
        .filter((deal) => county.replaceAll('台', '臺').split(',').includes(deal.county))
        .filter((deal) => (district ?? deal.district) === deal.district)
        .filter((deal) => deal.transaction_date >= String(from) && deal.transaction_date <= String(to))
        .filter((deal) => deal.project_name.includes(search ?? ''))
        .sort((a, b) => {
          for (const { sign, name } of sort) {
            const column = columnsOf[name as keyof typeof columnsOf];
            if (a[column] !== b[column]) return (a[column] < b[column] ? -1 : 1) * (sign === '-' ? -1 : 1);
          }
          return a.id - b.id;
        });
      expect(status).toBe(200);
      expect(body.result.total).toBe(expected.length);
      expect(body.result.data.map((deal: DealRow) => deal.id)).toEqual(
        expected.slice(start, start + length).map((deal) => deal.id),
      );
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['from_', 'abc', 'Not a valid integer.'],
  ['to_', '1.5', 'Not a valid integer.'],
  ['from_', '99999999999999', 'Must be'],
  ['start', '-1', 'Must be greater than or equal to 0.'],
  ['length', '501', 'Must be'],
  ['length', '0', 'Must be'],
  ['county', '東京都', 'Must be one of'],
  ['county', '臺北市,東京都', 'Must be one of'],
  ['county', '臺北市,', 'Must be one of'],
  ['sort', 'price;drop', 'Must be names of'],
  ['sort', '-nothing', 'Must be names of'],
  ['sort', 'constructor', 'Must be names of'],
  ['search', 'a\0b', 'Not a valid string.'],
  ['district', 'x'.repeat(33), 'Longer than'],
])('%s=%j is refused with its field and reason', async (field, value, words) => {
  const { status, body } = await deals({ ...year, [field]: value });

  expect(status).toBe(400);
  expect(body).toMatchObject({
    error: 'Bad Request',
    message: { querystring: { [field]: [expect.stringContaining(words)] } },
  });
});

test('every wrong field is told at once', async () => {
  const { body } = await deals({ from_: 'x', length: '0' });

  expect(Object.keys(body.message.querystring ?? {})).toEqual(['from_', 'length']);
});

test.each(["'; DROP TABLE presale.deals; --", "x' OR '1'='1", '$1', '%', '\\', '){}'])(
  'SQL in a text parameter is text: %s',
  async (text) => {
    const { status, body } = await deals({ ...year, search: text, district: text });

    expect(status).toBe(200);
    expect(body.result.total).toBe(0);
  },
);

test('an id that is no number is refused', async () => {
  expect(await api('GET /apiv1/deals/{id}', {}, { id: "1' OR 1=1" })).toEqual({
    status: 400,
    body: { error: 'Bad Request', message: { path: { id: ['Not a valid integer.'] } } },
  });
});

test('statistics are filtered by every column and paged in a stable order', async () => {
  const { body } = await api('GET /apiv1/deal-statistics', { county: '新北市', year: '2022', length: '500' });
  const one = await api('GET /apiv1/deal-statistics', {
    county: '新北市',
    district: '甲區',
    year: '2022',
    month: '1',
    project: 'Park189',
  });
  const both = await api('GET /apiv1/deal-statistics', { county: '新北市,臺北市', year: '2022' });
  const second = await api('GET /apiv1/deal-statistics', { county: '新北市', year: '2022', start: '1', length: '1' });

  const counted = body.result.data.reduce((sum: number, row: { count: number }) => sum + row.count, 0);
  expect(counted).toBe(all.filter(({ county }) => county === '新北市').length);
  expect(both.body.result.total).toBeGreaterThan(body.result.total);
  expect(one.body.result.data).toHaveLength(one.body.result.total);
  for (const row of one.body.result.data)
    expect(row).toMatchObject({ district: '甲區', month: 1, project_name: 'Park189' });
  expect(second.body.result).toEqual({ total: body.result.total, data: [body.result.data[1]] });
});

test.each([
  ['month', '13'],
  ['year', 'MMXXII'],
  ['county', 'x'],
])('statistics refuse %s=%s', async (field, value) => {
  const { status, body } = await api('GET /apiv1/deal-statistics', { [field]: value });

  expect(status).toBe(400);
  expect(body.message.querystring).toHaveProperty(field);
});

test('withdrawn deals are shown to those who ask for them, in the list and in its total', async () => {
  const { query } = database.admin;
  await sql`UPDATE presale.deals SET withdrawn_at = now() WHERE serial_number IN ('RPTEST00S0', 'RPTEST00S1') AND county = '臺北市'`.execute(
    query,
  );
  const counted = async (asked: Record<string, string>) => {
    const { data, total } = (await deals({ county: '臺北市', length: '500', ...year, ...asked })).body.result;
    return [data.length, total];
  };
  expect([await counted({}), await counted({ withdrawn: 'false' })]).toEqual([
    [18, 18],
    [18, 18],
  ]);
  expect(await counted({ withdrawn: 'true' })).toEqual([20, 20]);
  expect((await deals({ withdrawn: 'yes' })).body.message).toEqual({
    querystring: { withdrawn: ['Must be one of: true, false.'] },
  });
  await sql`UPDATE presale.deals SET withdrawn_at = NULL`.execute(query);
});
