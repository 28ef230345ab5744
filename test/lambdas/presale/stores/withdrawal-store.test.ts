import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { countyFailures } from '../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { runReader } from '../../../../lambdas/presale/stores/run-reader-store.ts';
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

const season = samplePlan({ name: '111S3', season: '111S3', publication_date: '2022-07-02' });
const tenDays = (date: string) => samplePlan({ publication_date: date });
const serials = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `RPTEST00S${from + index}`);
const rows = (numbers: readonly string[]) => numbers.map((serial) => sampleLine({ 編號: serial }));

async function load(lines: readonly string[], plan: RunPlan) {
  await runStore(database.app).begin(plan);
  return dealLoader(database.app, 'raw')({ plan, county: 'F', backup: sampleBackup() }, (refusals) =>
    readFile(streamed(sampleFile(lines)), refusals),
  );
}

/** Serial numbers of the withdrawn deals. */
async function withdrawn(): Promise<string[]> {
  const deals = database.app.query.selectFrom('presale.deals').select('serial_number');
  const found = await deals.where('withdrawn_at', 'is not', null).orderBy('id').execute();
  return found.map(({ serial_number }) => serial_number);
}

const verified = async (plan: RunPlan) => {
  const raw = { exists: async () => true };
  return (
    await checkRun(
      { plan, outcomes: [], attempt: 1 },
      { runs: runStore(database.app), failures: countyFailures(database.app), raw },
    )
  ).state;
};

test('deals of its quarter that a season file no longer holds are withdrawn, counted and told', async () => {
  await load(rows(serials(1, 3)), tenDays('2022-07-01'));
  await load(rows(serials(4, 6)), tenDays('2022-09-21'));

  expect(
    await load(rows(['RPTEST00S1', 'RPTEST00S2', 'RPTEST00S4', 'RPTEST00S6', 'RPTEST00S7']), season),
  ).toMatchObject({
    inserted: 1,
    updated: 4,
    withdrawn: 2,
  });
  expect(await withdrawn()).toEqual(['RPTEST00S3', 'RPTEST00S5']);
  expect(await verified(season)).toBe('complete');
  expect((await runReader(database.app).find('2022-07-02'))?.results[0]).toMatchObject({ withdrawn: 2 });
});

test('deals of other quarters and other counties stay', async () => {
  await load(rows(['before']), tenDays('2022-06-21'));
  await load(rows(['after']), tenDays('2022-10-01'));
  const plan = tenDays('2022-09-11');
  await runStore(database.app).begin(plan);
  await dealLoader(database.app, 'raw')({ plan, county: 'A', backup: sampleBackup('A') }, () =>
    readFile(streamed(sampleFile(rows(['elsewhere'])))),
  );

  expect(await load(rows(['RPTEST00S1']), season)).toMatchObject({ withdrawn: 0 });
  expect(await withdrawn()).toEqual([]);
});

test('a row that comes back is withdrawn no longer', async () => {
  await load(rows(serials(1, 3)), season);
  expect(await load(rows(serials(1, 2)), season)).toMatchObject({ withdrawn: 1, unchanged: 2 });
  expect(await load(rows(serials(1, 3)), season)).toMatchObject({ withdrawn: 0, updated: 1 });

  expect(await withdrawn()).toEqual([]);
  expect(await verified(season)).toBe('complete');
});

test('a withdrawn row comes back with a newer publication, not with its own loaded again', async () => {
  await load(rows(serials(1, 3)), tenDays('2022-09-11'));
  await load(rows(serials(1, 2)), season);

  expect(await load(rows(serials(1, 3)), tenDays('2022-09-11'))).toMatchObject({ kept_newer: 3 });
  expect(await withdrawn()).toEqual(['RPTEST00S3']);
  expect(await verified(tenDays('2022-09-11'))).toBe('complete');
  expect(await load(rows(['RPTEST00S3']), tenDays('2022-10-11'))).toMatchObject({ updated: 1 });
  expect(await withdrawn()).toEqual([]);
});

test('a publication that comes after its season file brings nothing that the file lacks', async () => {
  await load([...rows(['RPTEST00S1']), sampleLine({ 編號: 'RPTEST00S3', 總價元: 'abc' })], season);
  const late = await load(rows(serials(1, 3)), tenDays('2022-09-11'));

  // S3 is a problem in the season: what the publication says of it is still the best there is.
  expect(late).toMatchObject({ inserted: 1, updated: 0, kept_newer: 2 });
  expect(await withdrawn()).toEqual(['RPTEST00S2']);
  expect(await verified(tenDays('2022-09-11'))).toBe('complete');
  expect(await load(rows(serials(1, 3)), tenDays('2022-09-11'))).toMatchObject({ inserted: 0, updated: 0 });
});

test.each([
  ['a wrong cell', sampleLine({ 編號: 'RPTEST00S3', 總價元: 'abc' })],
  ['a comma too many', `${sampleLine({ 編號: 'RPTEST00S3' })},`],
  ['a NUL character', sampleLine({ 編號: 'RPTEST00S3', 總價元: '1\0' })],
])('a problem row of the season file with %s withdraws no earlier good row of its deal', async (_, line) => {
  await load(rows(serials(1, 4)), tenDays('2022-09-11'));
  const outcome = await load([...rows(serials(1, 2)), line], season);

  expect(outcome).toMatchObject({ problems: 1, withdrawn: 1 });
  expect(await withdrawn()).toEqual(['RPTEST00S4']);
});

test('a file that lacks more than a tenth is refused as a whole, until somebody allows it', async () => {
  await load(rows(serials(1, 50)), tenDays('2022-09-11'));
  const half = rows([...serials(1, 44), 'new']);

  await expect(load(half, season)).rejects.toThrow('lacks 6 of the 50 deals');
  expect(await withdrawn()).toEqual([]);
  expect(await load(rows(serials(1, 45)), season)).toMatchObject({ withdrawn: 5 });
  await expect(load(rows(serials(1, 3)), season)).rejects.toThrow('allow_withdrawals');
  expect(await load(rows(serials(1, 3)), { ...season, allow_withdrawals: true })).toMatchObject({ withdrawn: 42 });
});

test('a county that a person must decide about is not tried for 24 hours', async () => {
  await runStore(database.app).begin(season);
  const outcomes = [{ county: 'F', state: 'failed', error: 'ConflictError', reason: 'It lacks 6.' }] as const;
  const ports = {
    runs: runStore(database.app),
    failures: countyFailures(database.app),
    raw: { exists: async () => true },
  };

  expect(await checkRun({ plan: season, outcomes: [...outcomes], attempt: 1 }, ports)).toEqual({
    state: 'failed',
    pending: ['F'],
    reasons: { F: 'It lacks 6.' },
    reason: 'Counties that are not loaded: F',
  });
});
