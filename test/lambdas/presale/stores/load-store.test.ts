import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import type { LoadedCounty, RunPlan } from '../../../../lambdas/presale/contract.ts';
import { columns, textLimits } from '../../../../lambdas/presale/file/columns.ts';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
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
  await sql`TRUNCATE presale.deals, presale.runs, presale.county_runs, presale.problems`.execute(database.admin.query);
});

async function load(
  lines: readonly string[],
  date = '2022-09-11',
  through: Database<PresaleTables> = database.app,
): Promise<LoadedCounty> {
  return loadPlan(lines, samplePlan({ publication_date: date }), through);
}

async function loadPlan(lines: readonly string[], plan: RunPlan, through = database.app): Promise<LoadedCounty> {
  await runStore(through).begin(plan);
  const bytes = sampleFile(lines);
  return dealLoader(through, 'raw')({ plan, county: 'F', backup: sampleBackup() }, (refusals) =>
    readFile(streamed(bytes, 100), refusals),
  );
}

const deals = () => database.app.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
const problems = () => database.app.query.selectFrom('presale.problems').selectAll().orderBy('line_number').execute();
const lines = ['RPTEST00S1', 'RPTEST00S2', 'RPTEST00S3'].map((serial) => sampleLine({ 編號: serial }));

test('good rows arrive with every value, exact to the digit', async () => {
  await load([sampleLine({ 備註: '\\N\t"tab" \\ 龜𠀀\uE000', 單價元平方公尺: '', 移轉層次: '全' })]);

  expect((await deals())[0]).toMatchObject({
    county: '新北市',
    serial_number: 'RPTEST00S1',
    transaction_date: '2022-07-13',
    floor_text: '全',
    floor: null,
    total_floors: 15,
    building_area_m2: 139.01,
    note: '\\N\t"tab" \\ 龜𠀀\uE000',
    price_twd: 11_280_000,
    unit_price_twd_per_m2: 0,
    publication_date: '2022-09-11',
    withdrawn_at: null,
    source_key: 'presale/raw/x/F.csv',
    run_id: 'publication-2022-09-11',
  });
});

test('a price beyond an integer column is kept', async () => {
  await load([sampleLine({ 總價元: '9007199254740991' })]);

  expect((await deals())[0]?.price_twd).toBe(Number.MAX_SAFE_INTEGER);
});

test('loading a file again changes nothing', async () => {
  await load([...lines, sampleLine({ '建物現況格局-房': '22' })]);
  const before = [await deals(), await problems()];

  const again = await load([...lines, sampleLine({ '建物現況格局-房': '22' })]);
  expect(again).toMatchObject({ inserted: 0, updated: 0, unchanged: 3, good: 3, problems: 1 });
  expect([await deals(), await problems()]).toEqual(before);
});

test('two loads at once are one after the other', async () => {
  const outcomes = await Promise.all([load(lines), load(lines, '2022-09-11', database.another())]);

  expect(outcomes.map(({ inserted }) => inserted).sort()).toEqual([0, 3]);
  expect(await deals()).toHaveLength(3);
});

test('a newer publication wins, and an older one that comes late is told to be kept newer', async () => {
  await load(lines, '2022-09-11');
  const newer = await load([sampleLine({ 編號: 'RPTEST00S1', 總價元: '1' })], '2022-09-21');
  const late = await load(lines, '2022-09-01');

  expect(newer).toMatchObject({ inserted: 0, updated: 1 });
  expect(late).toMatchObject({ inserted: 0, updated: 0, kept_newer: 3 });
  expect((await deals()).map((deal) => [deal.price_twd, deal.publication_date])).toEqual([
    [1, '2022-09-21'],
    [11_280_000, '2022-09-11'],
    [11_280_000, '2022-09-11'],
  ]);
});

test('the same serial number in another county is another deal', async () => {
  await load([sampleLine()]);
  const plan = samplePlan();
  const file = { plan, county: 'A' as const, backup: sampleBackup('A') };
  await dealLoader(database.app, 'raw')(file, () => readFile(streamed(sampleFile([sampleLine()]))));

  expect((await deals()).map(({ county }) => county)).toEqual(['新北市', '臺北市']);
});

test('equal repeats of a row are one good row; a differing one is a problem', async () => {
  const outcome = await load([
    sampleLine(),
    sampleLine(),
    sampleLine({ 總價元: '1' }),
    sampleLine({ 編號: 'RPTEST00S2' }),
  ]);

  expect(outcome).toMatchObject({ rows_read: 4, good: 2, problems: 1, duplicates: 1, inserted: 2 });
  expect((await deals()).map(({ price_twd }) => price_twd)).toEqual([11_280_000, 11_280_000]);
  expect(await problems()).toMatchObject([
    { line_number: 5, reasons: [{ column: '編號', reason: 'is that of line 3 with other values' }] },
  ]);
});

test('problem rows keep their raw values, as far as these can be stored, and their ids', async () => {
  const bad = sampleLine({ 備註: 'a\0b', '建物現況格局-房': '22' });
  await load([bad, sampleLine()]);
  const [first] = await problems();

  await load([bad, sampleLine()]);
  const [second] = await problems();
  expect(first).toMatchObject({ line_number: 3, letter: 'F', county: '新北市', publication_date: '2022-09-11' });
  expect(first?.raw).toMatchObject({ 備註: 'a\uFFFDb', '建物現況格局-房': '22' });
  expect(first?.reasons.map(({ column }) => column)).toEqual(['建物現況格局-房']);
  expect(second?.id).toBe(first?.id);
});

test('a line that is no problem any more leaves the list', async () => {
  await load([sampleLine({ '建物現況格局-房': '22' })]);
  await load([sampleLine()]);

  expect(await problems()).toEqual([]);
});

test('a load that fails leaves nothing of its county', async () => {
  const failing = async function* () {
    yield* readFile(streamed(sampleFile(lines)));
    throw new Error('the bucket went away');
  };
  const plan = samplePlan();
  await runStore(database.app).begin(plan);

  await expect(dealLoader(database.app, 'raw')({ plan, county: 'F', backup: sampleBackup() }, failing)).rejects.toThrow(
    'the bucket went away',
  );
  expect(await deals()).toEqual([]);
  expect(await load(lines)).toMatchObject({ inserted: 3 });
});

test('more problem rows than a page are read in the file’s order', async () => {
  await load(Array.from({ length: 2500 }, (_, index) => sampleLine({ 編號: `RPTEST00S${index}`, 總價元: 'abc' })));

  const raws: (string | undefined)[] = [];
  await problemReader(database.app)('2022-09-11', 'F', async (rows) => {
    for await (const { raw } of rows) raws.push(raw.編號);
  });
  expect(raws).toEqual(Array.from({ length: 2500 }, (_, index) => `RPTEST00S${index}`));
});

test('two who write a county’s problem rows down follow one another, so that the last has the newest', async () => {
  await load([sampleLine({ 編號: 'RPTEST00S1', 總價元: 'abc' })]);
  const written: number[] = [];
  const write = async (rows: AsyncIterable<unknown>, beforeWriting: () => Promise<unknown>) => {
    const read = await Array.fromAsync(rows);
    await beforeWriting();
    written.push(read.length);
  };
  let second: Promise<void> | undefined;
  let isDone = false;

  await problemReader(database.app)('2022-09-11', 'F', (rows) =>
    write(rows, async () => {
      await sql`UPDATE presale.problems SET corrected_at = now()`.execute(database.admin.query);
      second = problemReader(database.another())('2022-09-11', 'F', (later) => write(later, async () => undefined));
      void second.then(() => {
        isDone = true;
      });
      await expect.poll(async () => isDone || (await waiting()) > 0, { timeout: 600_000 }).toBe(true);
    }),
  );
  await second;

  expect(written).toEqual([1, 0]);
});

async function waiting(): Promise<number> {
  const { rows } = await sql`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`.execute(
    database.admin.query,
  );
  return rows.length;
}

test('the text columns are of the sizes that the reader allows', async () => {
  const { rows } = await sql<{ column_name: string; size: number }>`
    SELECT column_name, character_maximum_length AS size FROM information_schema.columns
    WHERE table_schema = 'presale' AND table_name = 'deals'`.execute(database.admin.query);

  for (const [field, size] of Object.entries(textLimits)) {
    expect(rows.find(({ column_name }) => column_name === field)?.size, field).toBe(size);
  }
  expect(rows.map(({ column_name }) => column_name)).toEqual(expect.arrayContaining(columns.map(({ field }) => field)));
});

test("a season's file is newer than its ten-day publications and older than those of the next season", async () => {
  const season = { name: '111S3', season: '111S3', publication_date: '2022-07-02' };
  const row = (note: string) => [sampleLine({ 編號: 'RPTEST00S1', 備註: note })];
  const note = async () => (await deals())[0]?.note;

  await load(row('ten days'), '2022-09-21');
  expect(await loadPlan(row('season'), samplePlan(season))).toMatchObject({ updated: 1, kept_newer: 0 });
  expect(await load(row('ten days'), '2022-09-21')).toMatchObject({ updated: 0, kept_newer: 1 });
  expect(await note()).toBe('season');

  await load(row('next season'), '2022-10-01');
  expect(await loadPlan(row('season'), samplePlan(season))).toMatchObject({ updated: 0, kept_newer: 1 });
  expect(await note()).toBe('next season');
});

test('a first load keeps more problem rows than memory holds at once', async () => {
  const wrong = Array.from({ length: 1200 }, (_, index) =>
    sampleLine({ 編號: `RPTEST0P${index}`, '建物現況格局-房': 'x' }),
  );
  const outcome = await load([...wrong, ...lines]);

  expect(outcome).toMatchObject({ rows_read: 1203, good: 3, inserted: 3, problems: 1200, duplicates: 0 });
  expect(await problems()).toHaveLength(1200);
  expect(await deals()).toHaveLength(3);
});

test('a first load that meets a deal of another publication loads as if it were not the first', async () => {
  await load(lines, '2022-09-11');
  const more = ['RPTEST00S4', 'RPTEST00S5'].map((serial) => sampleLine({ 編號: serial }));
  const outcome = await load([...more, ...lines], '2022-09-21');

  expect(outcome).toMatchObject({ rows_read: 5, good: 5, inserted: 2, updated: 3, problems: 0, duplicates: 0 });
  expect(await deals()).toHaveLength(5);
});
