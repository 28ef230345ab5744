import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CountyOutcome, RunPlan } from '../../../../lambdas/presale/contract.ts';
import type { CountyLetter } from '../../../../lambdas/presale/publication/counties.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { closeRun } from '../../../../lambdas/presale/steps/close-run.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { writeReport } from '../../../../lambdas/presale/steps/write-report.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { countyFailures } from '../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine } from '../sample-file.ts';

let database: TestDatabase<PresaleTables>;
let raw: ReturnType<typeof fakeRawFiles>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  raw = fakeRawFiles();
  await sql`TRUNCATE presale.deals, presale.runs, presale.county_runs, presale.problems`.execute(database.admin.query);
});

const runs = () => runStore(database.app);

async function load(plan: RunPlan, county: CountyLetter, lines: readonly string[]): Promise<CountyOutcome> {
  const backup = { ...sampleBackup(county), source_key: `presale/raw/${plan.name}/${county}.csv` };
  raw.objects.set(backup.source_key, Buffer.from(sampleFile(lines)));
  raw.objects.set(`presale/raw/${plan.name}/${county}.json`, Buffer.from('{}'));
  const ports = {
    raw,
    load: dealLoader(database.app, 'raw'),
    problems: problemReader(database.app),
    drift: driftStore(database.app),
  };
  return loadCounty({ plan, county, backup }, ports);
}

const check = (plan: RunPlan, outcomes: CountyOutcome[], attempt = 1) =>
  checkRun({ plan, outcomes, attempt }, { runs: runs(), failures: countyFailures(database.app), raw });
const bad = sampleLine({ 編號: 'RPTEST00S9', '建物現況格局-廳': '112', '建物現況格局-衛': '112', 備註: '龜<山>' });

test('the problem rows are in the bucket as the person who corrects them needs them', async () => {
  const plan = samplePlan();
  await runs().begin(plan);
  await load(plan, 'F', [sampleLine(), bad, 'ragged,row']);

  const text = String(raw.objects.get('presale/problems/2022-09-11/F.json'));
  const [first, second] = JSON.parse(text);
  expect(first).toMatchObject({
    縣市: '新北市',
    編號: 'RPTEST00S9',
    交易年月日: '2022-07-13',
    error_message: { '建物現況格局-廳': '112 is 10 or above', '建物現況格局-衛': '112 is 10 or above' },
  });
  expect(second).toMatchObject({
    原始資料: 'ragged,row',
    error_message: { 整列: expect.stringContaining('2 fields') },
  });
  expect(text).toContain('\n    "備註": "龜<山>",\n');
});

test('a county without problems has an empty list there', async () => {
  const plan = samplePlan();
  await runs().begin(plan);
  await load(plan, 'F', [bad]);
  await load(plan, 'F', [sampleLine()]);

  expect(String(raw.objects.get('presale/problems/2022-09-11/F.json'))).toBe('[]\n');
});

test('a run is complete when every county is loaded or empty', async () => {
  const plan = samplePlan({ counties: ['F', 'W'] });
  await runs().begin(plan);
  const outcome = await load(plan, 'F', [sampleLine(), bad]);

  expect(await check(plan, [outcome, { county: 'W', state: 'empty' }])).toEqual({
    state: 'complete',
    pending: [],
    reasons: {},
    reason: '',
  });
});

test('counties that failed, are unchanged or never came are pending, with the reason', async () => {
  const plan = samplePlan({ counties: ['A', 'C', 'F', 'W'] });
  await runs().begin(plan);
  const loaded = await load(plan, 'A', [sampleLine()]);

  const { state, pending, reasons } = await check(plan, [
    loaded,
    { county: 'C', state: 'failed', error: 'TransientError', reason: 'The site answered 500' },
    { county: 'F', state: 'unchanged', reason: 'The site still has the file of 2022-09-01.' },
  ]);
  expect({ state, pending }).toEqual({ state: 'incomplete', pending: ['C', 'F', 'W'] });
  expect(reasons).toMatchObject({ C: 'The site answered 500', F: expect.stringContaining('2022-09-01') });
});

test('rows that vanished from the database are noticed, and so is a lost backup', async () => {
  const plan = samplePlan({ counties: ['A', 'F'] });
  await runs().begin(plan);
  const outcomes = [await load(plan, 'A', [sampleLine()]), await load(plan, 'F', [sampleLine()])];
  await sql`DELETE FROM presale.deals WHERE county = '新北市'`.execute(database.app.query);
  raw.objects.delete('presale/raw/2022-09-11/A.json');

  expect((await check(plan, outcomes)).reasons).toEqual({
    A: 'Its backup is not in the bucket.',
    F: 'The database holds 0 rows of it instead of 1.',
  });
});

test('rows that a newer publication holds are not missed', async () => {
  const newer = samplePlan({ publication_date: '2022-09-21' });
  const older = samplePlan();
  await runs().begin(newer);
  await runs().begin(older);
  await load(newer, 'F', [sampleLine()]);
  const outcome = await load(older, 'F', [sampleLine(), sampleLine({ 編號: 'RPTEST00S2' })]);

  expect(outcome).toMatchObject({ kept_newer: 1, inserted: 1 });
  expect((await check(older, [outcome])).state).toBe('complete');
});

test('a second round keeps what the first has loaded', async () => {
  const plan = samplePlan({ counties: ['A', 'F'] });
  await runs().begin(plan);
  await check(plan, [await load(plan, 'A', [sampleLine()]), { county: 'F', state: 'failed', error: 'E', reason: 'x' }]);

  expect((await check(plan, [await load(plan, 'F', [sampleLine()])], 2)).state).toBe('complete');
});

test('a country without one file is not believed', async () => {
  const { countyLetters } = await import('../../../../lambdas/presale/publication/counties.ts');
  const plan = samplePlan({ counties: countyLetters });
  await runs().begin(plan);

  const outcomes = countyLetters.map((county) => ({ county, state: 'empty' as const }));
  expect((await check(plan, outcomes)).pending).toHaveLength(22);
});

/** The mail of a run, and whom it woke. */
async function report(plan: RunPlan, api?: string) {
  const woken: string[] = [];
  const mail = await writeReport(
    { plan, attempt: 1 },
    {
      runs: runs(),
      drift: driftStore(database.app),
      failures: countyFailures(database.app),
      wake: async (workloads) => void woken.push(...workloads),
      bucket: 'raw-bucket',
      api,
      count: () => undefined,
    },
  );
  return { mail, woken };
}

test('the report links to the run and to its problem rows, in text and in HTML; without an address it names the requests', async () => {
  const plan = samplePlan();
  await runs().begin(plan);
  await check(plan, [await load(plan, 'F', [sampleLine(), bad])]);
  const links = ['presale/runs/2022-09-11', 'presale/problems?publication_date=2022-09-11'];

  const { mail } = await report(plan, 'https://api.example.com/');
  const plain = (await report(plan)).mail;
  for (const route of links) {
    const url = `https://api.example.com/${route}`;
    expect(mail.text).toContain(`: ${url}\n`);
    expect(mail.html).toContain(`<a href="${url}">${url}</a>`);
    expect(plain.text).toContain(`: GET /${route}\n`);
  }
  expect(plain.html).not.toContain('<a ');
});

test('a run with problem rows wakes the mailer, for their failures are in the ledger; one without wakes nobody', async () => {
  const plan = samplePlan();
  await runs().begin(plan);
  await check(plan, [await load(plan, 'F', [sampleLine(), bad])]);
  expect((await report(plan)).woken).toEqual(['presale']);

  const next = samplePlan({ publication_date: '2022-09-21' });
  await runs().begin(next);
  await check(next, [await load(next, 'F', [sampleLine()])]);
  expect((await report(next)).woken).toEqual([]);
});

test('the report has counts and files of each county, as text and as HTML, and ends the run', async () => {
  const plan = samplePlan({ counties: ['F', 'W'] });
  await runs().begin(plan);
  await check(plan, [await load(plan, 'F', [sampleLine(), bad]), { county: 'W', state: 'empty' }]);

  const { mail } = await report(plan);
  expect(mail.subject).toBe('Pre-sale deals 2022-09-11: 1 rows loaded, 1 problem rows');
  expect(mail.text).toContain(
    'F 新北市: 2 rows read, 1 good (1 new, 0 changed, 0 as before, 0 kept newer), 1 problem rows',
  );
  expect(mail.text).toContain('s3://raw-bucket/presale/problems/2022-09-11/F.json');
  expect(mail.text).toContain('W 金門縣: no deals');
  expect(mail.html).toContain('<td>W 金門縣</td>');
  const { body } = await readingApi(database.app)(
    'GET /presale/runs/{publication_date}',
    {},
    { publication_date: '2022-09-11' },
  );
  expect(body.result).toMatchObject({ name: '2022-09-11', state: 'complete', season: null, attempts: 1 });
  expect(body.result.results).toMatchObject([
    { letter: 'F', county: '新北市', state: 'loaded', rows_read: 2, good: 1, problems: 1, withdrawn: 0, fetch_ms: 5 },
    { letter: 'W', county: '金門縣', state: 'empty', rows_read: 0 },
  ]);
});

test('a run that gave up says why to a person and in the book', async () => {
  const plan = samplePlan();
  await runs().begin(plan);

  const reasons = { F: 'The site answered <500>' } as const;
  const mail = await closeRun({ run_id: plan.run_id, plan, attempt: 24, reasons, cause: 'Not out' }, { runs: runs() });
  expect(mail.text).toContain('F 新北市: The site answered <500>');
  expect(mail.html).toContain('The site answered &lt;500&gt;');
  const { body } = await readingApi(database.app)('GET /presale/runs');
  expect(body.result).toMatchObject({ total: 1, data: [{ state: 'failed', reason: 'Not out' }] });
});

test('a run that is stopped from outside, where nobody knows its plan, is closed as well', async () => {
  const plan = samplePlan();
  await runs().begin(plan);

  await closeRun({ run_id: plan.run_id, error: 'RunStopped', cause: 'mei stopped the run' }, { runs: runs() });

  const { body } = await readingApi(database.app)('GET /presale/runs');
  expect(body.result).toMatchObject({ data: [{ state: 'failed', reason: 'RunStopped: mei stopped the run' }] });
});

test('a run without a plan is told as well', async () => {
  const mail = await closeRun({ run_id: 'odd', error: 'PermanentError', cause: 'no season' }, { runs: runs() });

  expect(mail.text).toContain('Run odd gave up: PermanentError: no season');
});

test('a late ending of an older execution doesn’t end the newer one', async () => {
  await runs().begin(samplePlan({ run_id: 'first' }));
  await runs().begin(samplePlan({ run_id: 'second' }));
  await runs().end(samplePlan({ run_id: 'first' }), 'late');

  const { body } = await readingApi(database.app)('GET /presale/runs');
  expect(body.result.data).toMatchObject([{ run_id: 'second', state: 'running' }]);
});

test('problem rows are read by publication and county, by date or season, by name or letter', async () => {
  const season = samplePlan({ name: '111S3', season: '111S3', publication_date: '2022-07-02' });
  await runs().begin(season);
  await load(season, 'F', [bad]);
  await load(season, 'A', [bad, bad.replace('RPTEST00S9', 'RPTEST00S8')]);

  const problems = (query: Record<string, string>) => readingApi(database.app)('GET /presale/problems', query);
  const ofF = await problems({ publication_date: '111S3', county: 'f' });
  expect(ofF.body.result).toMatchObject({
    total: 1,
    data: [
      { letter: 'F', line_number: 3, raw: { 編號: 'RPTEST00S9' }, reasons: [{ reason: '112 is 10 or above' }, {}] },
    ],
  });
  expect((await problems({ publication_date: '2022-07-02', county: '臺北市' })).body.result.total).toBe(2);
  expect((await problems({})).body.result.total).toBe(3);
  expect(await problems({ publication_date: '2022-13-01' })).toMatchObject({
    status: 400,
    body: { message: { querystring: { publication_date: ['Not a valid date or season.'] } } },
  });
});

test('a run that isn’t there is not found', async () => {
  const api = readingApi(database.app);

  expect(await api('GET /presale/runs/{publication_date}', {}, { publication_date: '2022-01-01' })).toMatchObject({
    status: 404,
    body: { error: 'Not Found' },
  });
});
