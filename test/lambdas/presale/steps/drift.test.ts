import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { writeReport } from '../../../../lambdas/presale/steps/write-report.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { countyFailures } from '../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine } from '../sample-file.ts';

let database: TestDatabase<PresaleTables>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  await sql`TRUNCATE presale.deals, presale.headers, presale.runs, platform.alerts CASCADE`.execute(
    database.admin.query,
  );
});

const tenDays = (date: string) => samplePlan({ publication_date: date });

/** A file of so many rows, of which so many are problems. */
function file(rows: number, problems = 0): string {
  const line = (index: number) =>
    sampleLine({ 編號: `RPTEST00S${index}`, ...(index < problems ? { 總價元: 'abc' } : {}) });
  return String(Buffer.from(sampleFile(Array.from({ length: rows }, (_, index) => line(index)))));
}

/** Loads a file and resolves to the alerts of the report, and what the metric says. */
async function alertsOf(text: string, plan: RunPlan, retried = false): Promise<{ lines: string[]; counted: number }> {
  await runStore(database.app).begin(plan);
  const raw = fakeRawFiles();
  const backup = sampleBackup();
  raw.objects.set(backup.source_key, Buffer.from(text));
  const drift = driftStore(database.app);
  const ports = { raw, load: dealLoader(database.app, 'raw'), problems: problemReader(database.app), drift };
  await loadCounty({ plan, county: 'F', backup }, ports);
  let counted = 0;
  const count = (_: string, value: number) => {
    counted += value;
  };
  const failures = countyFailures(database.app);
  const wake = async () => undefined;
  const report = { runs: runStore(database.app), drift, failures, wake, bucket: 'b', api: undefined, count };
  if (retried) await writeReport({ plan, attempt: 1 }, report);
  const mail = await writeReport({ plan, attempt: 1 }, report);
  return { lines: mail.text.split('\n').filter((line) => line.startsWith('Look at this')), counted };
}

const publications = ['2022-08-01', '2022-08-11', '2022-08-21', '2022-09-01'];

test('an unknown column is loaded, and told once in the first line of the report', async () => {
  const [header, english, row] = file(1).trimEnd().split('\r\n');
  const text = [`${header},新欄位`, `${english},new`, `${row},x`, ''].join('\r\n');

  expect(await alertsOf(text, tenDays('2022-08-01'))).toEqual({
    lines: ['Look at this: A new column, first seen in F: 新欄位'],
    counted: 1,
  });
  expect(await alertsOf(text, tenDays('2022-08-11'))).toEqual({ lines: [], counted: 0 });
});

test('a column whose first execution gave up is told by the next, and once by a report that is written twice', async () => {
  const [header, english, row] = file(1).trimEnd().split('\r\n');
  const text = [`${header},新欄位`, `${english},new`, `${row},x`, ''].join('\r\n');
  await sql`
    INSERT INTO presale.headers (name, run_name, run_id, letter, seen_at)
    VALUES ('新欄位', '2022-08-01', 'gave-up', 'F', now())`.execute(database.admin.query);

  expect(await alertsOf(text, tenDays('2022-08-01'), true)).toEqual({
    lines: ['Look at this: A new column, first seen in F: 新欄位'],
    counted: 1,
  });
  const { rows } = await sql`SELECT natural_key, workload, severity, name FROM platform.alerts`.execute(
    database.admin.query,
  );
  expect(rows).toEqual([
    { natural_key: 'presale-column:新欄位', workload: 'presale', severity: 'low', name: 'presale-files-drift' },
  ]);
});

test('far fewer or more rows than in the last publications are told, a county without a habit is not', async () => {
  expect((await alertsOf(file(90), tenDays('2022-07-21'))).lines).toEqual([]);
  for (const date of publications) expect((await alertsOf(file(100), tenDays(date))).lines).toEqual([]);

  expect((await alertsOf(file(20), tenDays('2022-09-11'))).lines).toEqual([
    'Look at this: F 新北市 has 20 rows; usual are 100.',
  ]);
  expect((await alertsOf(file(301), tenDays('2022-09-21'))).lines).toHaveLength(1);
  expect((await alertsOf(file(150), tenDays('2022-10-01'))).lines).toEqual([]);
});

test('a far larger share of problem rows is told', async () => {
  for (const date of publications) await alertsOf(file(100, 1), tenDays(date));

  expect((await alertsOf(file(100, 3), tenDays('2022-09-11'))).lines).toEqual([]);
  expect((await alertsOf(file(100, 10), tenDays('2022-09-21'))).lines).toEqual([
    'Look at this: F 新北市 has 10 problem rows, 10.0 %; 3.0 % at most so far.',
  ]);
});

test('a season is compared with seasons', async () => {
  for (const date of publications) await alertsOf(file(10), tenDays(date));
  const season = samplePlan({ name: '111S4', season: '111S4', publication_date: '2022-10-02' });

  expect((await alertsOf(file(400), season)).lines).toEqual([]);
});
