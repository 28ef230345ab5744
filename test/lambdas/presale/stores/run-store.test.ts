import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
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

afterAll(() => database?.stop());

async function load(plan: RunPlan, lines: readonly string[]): Promise<void> {
  const raw = fakeRawFiles();
  const backup = { ...sampleBackup('F'), source_key: `presale/raw/${plan.name}/F.csv` };
  raw.objects.set(backup.source_key, Buffer.from(sampleFile(lines)));
  const app = database.app;
  const ports = { raw, load: dealLoader(app, 'raw'), problems: problemReader(app), drift: driftStore(app) };
  await runStore(app).begin(plan);
  await loadCounty({ plan, county: 'F', backup }, ports);
}

async function booked(name: string) {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT * FROM platform.runs WHERE workload = 'presale' AND name = ${name}`.execute(database.app.query);
  return rows[0];
}

const numbered = (serial: string, cells = {}) => sampleLine({ 編號: serial, ...cells });

test('every row of a file is accounted for: loaded, problem, repeated, or behind a newer one', async () => {
  const newer = {
    ...samplePlan(),
    name: '2022-09-21',
    publication_date: '2022-09-21',
    run_id: 'publication-2022-09-21',
  };
  await load(newer, [numbered('RPTEST00S1')]);
  await runStore(database.app).end(newer);
  const plan = samplePlan();

  await load(plan, [
    numbered('RPTEST00S1', { 備註: 'older' }),
    numbered('RPTEST00S2'),
    numbered('RPTEST00S2'),
    numbered('RPTEST00S3'),
    'ragged,row',
  ]);
  await runStore(database.app).end(plan);

  expect(await booked(plan.name)).toMatchObject({
    kind: 'publication',
    execution: plan.run_id,
    state: 'succeeded',
    rows_in: 5,
    rows_out: 2,
    rows_failed: 1,
    rows_filtered: 2,
    lost: 0,
  });
  expect(Number((await booked(plan.name))?.cost_usd)).toBeGreaterThan(0);
});

test('rows that nobody accounts for are told as lost', async () => {
  const plan = {
    ...samplePlan(),
    name: '2022-10-01',
    publication_date: '2022-10-01',
    run_id: 'publication-2022-10-01',
  };
  await load(plan, [numbered('RPTEST00S5'), numbered('RPTEST00S6')]);
  await sql`UPDATE presale.county_runs SET inserted = inserted - 1 WHERE run_name = ${plan.name}`.execute(
    database.app.query,
  );

  await runStore(database.app).end(plan);

  expect(await booked(plan.name)).toMatchObject({ lost: 1 });
});

test('a run that gives up says why, and what of it is in', async () => {
  const plan = {
    ...samplePlan(),
    name: '2022-10-11',
    publication_date: '2022-10-11',
    run_id: 'publication-2022-10-11',
  };
  await load(plan, [numbered('RPTEST00S7')]);

  await runStore(database.app).end(plan, 'no county A');

  expect(await booked(plan.name)).toMatchObject({
    state: 'partial',
    rows_in: 1,
    lost: 0,
    detail: { reason: 'no county A' },
  });
});

test('an execution that fails before it has a plan is in the lists of runs', async () => {
  const { unplanned, begin } = runStore(database.app);
  const cause = 'PermanentError: The run’s input: nothing named';
  await unplanned('publication-2023-05-01', cause);
  // Told twice, as steps are; and beside a run that is there.
  await unplanned('publication-2023-05-01', cause);
  await unplanned('publication-2023-05-01-2', cause);
  await unplanned('by-hand', cause);

  const { rows } = await sql`
    SELECT name, run_id, state, reason FROM presale.runs WHERE name = '2023-05-01' OR run_id = 'by-hand'`.execute(
    database.app.query,
  );
  expect(rows).toEqual([{ name: '2023-05-01', run_id: 'publication-2023-05-01', state: 'failed', reason: cause }]);
  for (const name of ['2023-05-01', 'publication-2023-05-01-2', 'by-hand'])
    expect(await booked(name)).toMatchObject({ state: 'failed', detail: { reason: cause } });

  // It is planned when somebody starts it again.
  await begin({
    ...samplePlan(),
    name: '2023-05-01',
    publication_date: '2023-05-01',
    run_id: 'publication-2023-05-01-3',
  });
  expect(await booked('2023-05-01')).toMatchObject({ state: 'running', kind: 'publication' });
});
