import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NewFailure } from '../../../../lambdas/kit/ledger/failure.ts';
import type { FailureRow } from '../../../../lambdas/platform/failures/ledger.ts';
import { recordFailures } from '../../../../lambdas/platform/record/failure-ledger.ts';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import { loadCorrections } from '../../../../lambdas/presale/corrections/load-corrections.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { refreshStatistics } from '../../../../lambdas/presale/steps/refresh-statistics.ts';
import { correctionStore } from '../../../../lambdas/presale/stores/correction-store.ts';
import { driftStore } from '../../../../lambdas/presale/stores/drift-store.ts';
import { countyFailures } from '../../../../lambdas/presale/stores/ledger/county-failures-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { newProjectsRefresher } from '../../../../lambdas/presale/stores/new-projects-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import { staleStatistics } from '../../../../lambdas/presale/stores/statistics/stale-statistics-store.ts';
import { statisticsRefresher } from '../../../../lambdas/presale/stores/statistics-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readingApi } from '../api/api.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleCells, sampleFile, sampleLine } from '../sample-file.ts';

let database: TestDatabase<PresaleTables>;
let raw: ReturnType<typeof fakeRawFiles>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  raw = fakeRawFiles();
  await sql`TRUNCATE presale.deals, presale.corrections, presale.runs, platform.failures CASCADE`.execute(
    database.admin.query,
  );
});

type Row = Record<string, unknown>;

const plan = samplePlan();
const key = 'presale/corrected/2022-09-11/F.json';
const bad = (serial: string) => sampleLine({ 編號: serial, '建物現況格局-房': '22' });

async function load(lines: readonly string[], of: RunPlan = plan) {
  await runStore(database.app).begin(of);
  const backup = sampleBackup();
  raw.objects.set(backup.source_key, Buffer.from(sampleFile(lines)));
  const drift = driftStore(database.app);
  const ports = { raw, load: dealLoader(database.app, 'raw'), problems: problemReader(database.app), drift };
  return loadCounty({ plan: of, county: 'F', backup }, ports);
}

/** The problem rows as a person finds them in the bucket. */
const told = (): Row[] => JSON.parse(String(raw.objects.get('presale/problems/2022-09-11/F.json')));

function drop(rows: unknown, etag = '1', at = key) {
  raw.objects.set(at, Buffer.from(typeof rows === 'string' ? rows : JSON.stringify(rows)));
  const ports = {
    raw,
    bucket: 'raw',
    corrections: correctionStore(database.app, 'raw'),
    problems: problemReader(database.app),
    replayedBy: async () => undefined,
    record: (failure: NewFailure) => recordFailures(database.app.query, [failure]),
  };
  return loadCorrections({ detail: { object: { key: at, etag } } }, ports);
}

const deals = () => database.app.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
const corrections = () => database.app.query.selectFrom('presale.corrections').selectAll().orderBy('id').execute();
const failures = async (source = 'problem-rows') => {
  const { rows } = await sql<FailureRow>`
    SELECT * FROM platform.failures WHERE source_name = ${source} ORDER BY id`.execute(database.admin.query);
  return rows;
};
const verified = async (of = plan) => {
  const ports = {
    runs: runStore(database.app),
    failures: countyFailures(database.app),
    raw: { exists: async () => true },
  };
  return (await checkRun({ plan: of, outcomes: [], attempt: 1 }, ports)).state;
};

test('of 16 corrected rows of which 3 are still wrong, 13 are loaded and 3 come back with reasons', async () => {
  await load([sampleLine(), ...Array.from({ length: 16 }, (_, index) => bad(`RPTEST00P${index}`))]);
  const rows = told().map((row, index) => ({ ...row, '建物現況格局-房': index < 3 ? 'x' : '3' }));
  const outcome = await drop(rows);

  expect(Map.groupBy(outcome, ({ state }) => state).get('loaded')).toHaveLength(13);
  expect(await deals()).toHaveLength(14);
  expect(told()).toMatchObject(
    ['RPTEST00P0', 'RPTEST00P1', 'RPTEST00P2'].map((serial) => ({
      編號: serial,
      '建物現況格局-房': 'x',
      error_message: { '建物現況格局-房': 'x is not a whole number' },
    })),
  );
  expect(await verified()).toBe('complete');
  expect(await corrections()).toHaveLength(16);
  expect((await corrections())[3]).toMatchObject({
    corrected_by: `file:${key}`,
    line_number: 7,
    outcome: 'loaded',
    before: { '建物現況格局-房': '22', 交易年月日: '1110713' },
    after: { '建物現況格局-房': '3', 交易年月日: '1110713' },
  });
});

test('a message that comes twice, and the same file loaded again, change nothing', async () => {
  await load([bad('RPTEST00P1'), bad('RPTEST00P2')]);
  const rows = told().map((row, index) => ({ ...row, '建物現況格局-房': index === 0 ? '3' : '33' }));
  await drop(rows);
  const after = [await deals(), await corrections(), told()];

  expect((await drop(rows)).map(({ state }) => state)).toEqual(['loaded', 'problem']);
  expect([await deals(), await corrections(), told()]).toEqual(after);
  expect(await load([bad('RPTEST00P1'), bad('RPTEST00P2')])).toMatchObject({ problems: 2 });
  expect([await deals(), await corrections(), told()]).toEqual(after);
  expect(await verified()).toBe('complete');
});

test('a file that comes late again does not undo what was corrected since', async () => {
  await load([bad('RPTEST00P1')]);
  const [row] = told();
  await drop([{ ...row, '建物現況格局-房': '3' }], '1');
  await drop([{ ...row, '建物現況格局-房': '4' }], '2');
  await drop([{ ...row, '建物現況格局-房': '3' }], '1');

  expect((await deals()).map(({ rooms }) => rooms)).toEqual([4]);
});

test('a correction does not overwrite what a newer publication says by now', async () => {
  await load([bad('RPTEST00P1')]);
  const rows = told().map((row) => ({ ...row, '建物現況格局-房': '3' }));
  await load(
    [sampleLine({ 編號: 'RPTEST00P1', '建物現況格局-房': '5' })],
    samplePlan({ publication_date: '2022-09-21' }),
  );

  expect((await drop(rows)).map(({ state }) => state)).toEqual(['kept-newer']);
  expect((await deals()).map(({ rooms, publication_date }) => [rooms, publication_date])).toEqual([[5, '2022-09-21']]);
  expect(told()).toEqual([]);
  expect(await verified()).toBe('complete');
});

test('a row corrected under the serial number of another row stays a problem', async () => {
  await load([sampleLine({ 編號: 'RPTEST00S1' }), sampleLine({ 編號: '' })]);
  const rows = told().map((row) => ({ ...row, 編號: 'RPTEST00S1', 總價元: '1' }));
  await drop(rows);

  expect((await deals()).map(({ price_twd }) => price_twd)).toEqual([11_280_000]);
  expect(told()).toMatchObject([{ error_message: { 編號: 'is that of another row of this publication' } }]);
});

test('a row whose commas did not fit is loaded from its corrected values', async () => {
  await load([`${sampleLine({ 編號: 'RPTEST00P1', 備註: 'a,b' })}`]);
  const [row] = told();
  const wanted = { ...row, ...sampleCells({ 編號: 'RPTEST00P1' }), 備註: 'a,b' };

  expect(await drop([wanted])).toMatchObject([{ state: 'loaded' }]);
  expect(await deals()).toMatchObject([{ note: 'a,b', serial_number: 'RPTEST00P1', project_name: '樣品屋' }]);
  expect(await verified()).toBe('complete');
});

test('a season loaded again does not withdraw what was corrected in it', async () => {
  const season = samplePlan({ name: '111S3', season: '111S3', publication_date: '2022-07-02' });
  const lines = [sampleLine({ 編號: '' })];
  await load(lines, season);
  const [row] = JSON.parse(String(raw.objects.get('presale/problems/2022-07-02/F.json')));
  await drop([{ ...row, 編號: 'RPTEST00P1' }], '1', 'presale/corrected/2022-07-02/F.json');

  expect(await load(lines, season)).toMatchObject({ withdrawn: 0, problems: 1 });
  expect((await deals()).map(({ withdrawn_at }) => withdrawn_at)).toEqual([null]);
  expect(await verified(season)).toBe('complete');
});

test.each([
  ['NotJson', '[{', 'not JSON'],
  ['NotAListOfRows', '7', 'Not a list of rows.'],
  ['NotAListOfRows', '[1]', 'not a list of rows'],
  ['NotAListOfRows', '[{"編號":{}}]', 'not a list of rows'],
  ['WrongCounty', '[{"縣市":"臺北市","編號":"RPTEST00P1"}]', 'is of 臺北市'],
  ['UnknownColumn', '[{"行號":3,"樓":"1"}]', 'its file hasn’t: 樓'],
  ['NoProblemRow', '[{"編號":"RPTEST00P9"}]', 'is of no problem row'],
  ['NoProblemRow', '{}', 'is of no problem row'],
  ['AmbiguousRow', '[{"編號":"RPTEST00P2"}]', 'may be of several'],
  ['DuplicateRow', '[{"編號":"RPTEST00P1"},{"編號":"RPTEST00P1"}]', 'Rows 1 and 2'],
  ['DuplicateRow', '[{"行號":3},{"行號":3}]', 'Rows 1 and 2'],
  ['TooLarge', `[${' '.repeat(20 * 1024 * 1024)}]`, 'larger than 20 MB'],
])(
  '%s: a file is refused with the reason in the ledger, once, and nothing of it is loaded',
  async (reason, text, words) => {
    await load([bad('RPTEST00P1'), bad('RPTEST00P2'), bad('RPTEST00P2')]);

    expect([await drop(text), await drop(text)]).toEqual([[], []]);
    expect([await deals(), await corrections()]).toEqual([[], []]);
    expect(await failures('corrected-files')).toMatchObject([
      { state: 'open', reason, message: expect.stringContaining(words), source_kind: 'file', workload: 'presale' },
    ]);
  },
);

test('a key that says no publication, or a publication without a run, is refused', async () => {
  await drop('[]', '1', 'presale/corrected/F.json');
  await drop('[{"編號":"RPTEST00P1"}]', '1', 'presale/corrected/2022-10-01/F.json');
  // A folder that somebody makes for their file is no file.
  expect(await drop('', '1', 'presale/corrected/2022-09-11/')).toEqual([]);
  expect((await failures('corrected-files')).map(({ reason, input }) => [reason, input])).toEqual([
    ['WrongKey', '[]'],
    ['NotFoundError', '[{"編號":"RPTEST00P1"}]'],
  ]);
});

test('a column of which two values are wrong tells both reasons', async () => {
  await load([sampleLine({ 編號: 'RPTEST00P1', 移轉層次: '9'.repeat(101) })]);

  expect(told()).toMatchObject([
    {
      error_message: {
        移轉層次: expect.stringMatching(/^is longer than 100 characters; "?9+…"? is larger than 2147483647$/),
      },
    },
  ]);
});

test('thousands of rows are corrected by one file', async () => {
  const many = Array.from({ length: 3000 }, (_, index) => bad(`RPTEST00P${index}`));
  await load(many);
  const rows = told().map((row, index) => ({ ...row, '建物現況格局-房': index % 3 === 0 ? 'x' : '3' }));

  expect(Map.groupBy(await drop(rows), ({ state }) => state).get('loaded')).toHaveLength(2000);
  expect([(await deals()).length, told().length]).toEqual([2000, 1000]);
  expect(await verified()).toBe('complete');
});

test('the API tells each correction, and of a problem row its history', async () => {
  await load([bad('RPTEST00P1'), bad('RPTEST00P2')]);
  const [first] = told();
  await drop([{ ...first, '建物現況格局-房': 'x' }], '1');
  await drop([{ ...first, '建物現況格局-房': '3' }], '2');
  const api = readingApi(database.app);
  const { rows } = await sql<{ id: number }>`SELECT id FROM presale.problems ORDER BY id`.execute(database.app.query);
  const room = (value: string) => expect.objectContaining({ '建物現況格局-房': value });

  expect((await api('GET /presale/problems/{id}', {}, { id: String(rows[0]?.id) })).body.result).toMatchObject({
    line_number: 3,
    corrected_serial: 'RPTEST00P1',
    corrections: [
      { corrected_by: `file:${key}`, outcome: 'problem', before: room('22'), after: room('x') },
      { outcome: 'loaded', before: room('x'), after: room('3') },
    ],
  });
  expect((await api('GET /presale/problems/{id}', {}, { id: String(rows[1]?.id) })).body.result).toMatchObject({
    corrections: [],
  });
  expect(await api('GET /presale/problems/{id}', {}, { id: '999999' })).toMatchObject({
    status: 404,
    body: { message: "Problem id 999999 doesn't exist." },
  });
  const listed = await api('GET /presale/corrections', { publication_date: '2022-09-11', county: 'F', length: '1' });
  expect(listed.body.result).toMatchObject({ total: 2, data: [{ outcome: 'loaded', publication_date: '2022-09-11' }] });
  const others: readonly Record<string, string>[] = [{ county: 'A' }, { publication_date: '2022-09-21' }];
  for (const other of others) {
    expect((await api('GET /presale/corrections', other)).body.result).toEqual({ data: [], total: 0 });
  }
});

test('the statistics follow a correction: the month it comes to, and the month it leaves', async () => {
  await load([sampleLine(), bad('RPTEST00P1')]);
  const ports = { refresh: statisticsRefresher(database.app), refreshNewProjects: newProjectsRefresher(database.app) };
  const others = { stale: staleStatistics(database.app), writeDeals: async () => undefined };
  await refreshStatistics({ plan }, { ...ports, ...others, clock: () => new Date('2022-09-11T02:00:00Z') });
  const [row] = told();
  const months = async () => {
    const { rows } = await sql`SELECT month, count FROM presale.deal_statistics_monthly ORDER BY month`.execute(
      database.app.query,
    );
    return rows;
  };
  const projects = async () => {
    const found = database.app.query.selectFrom('presale.deal_statistics_new_projects').selectAll();
    return (await found.where('months', '=', 3).execute()).map(({ count, as_of }) => [count, as_of]);
  };
  expect([await months(), await projects()]).toEqual([[{ month: 7, count: 1 }], [[1, '2022-09-11']]]);

  await drop([{ ...row, '建物現況格局-房': '3' }], '1');
  expect([await months(), await projects()]).toEqual([[{ month: 7, count: 2 }], [[2, '2022-09-11']]]);

  await drop([{ ...row, '建物現況格局-房': '3', 交易年月日: '2022-06-30' }], '2');
  expect(await months()).toEqual([
    { month: 6, count: 1 },
    { month: 7, count: 1 },
  ]);
});
