import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PermanentError } from '../../../../lambdas/kit/errors.ts';
import type { RunPlan } from '../../../../lambdas/presale/contract.ts';
import { loadCorrections } from '../../../../lambdas/presale/corrections/load-corrections.ts';
import { checkRun } from '../../../../lambdas/presale/steps/check-run.ts';
import { loadCounty } from '../../../../lambdas/presale/steps/load-county.ts';
import { correctionStore } from '../../../../lambdas/presale/stores/correction-store.ts';
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
let raw: ReturnType<typeof fakeRawFiles>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  raw = fakeRawFiles();
  await sql`TRUNCATE presale.deals, presale.corrections, presale.runs CASCADE`.execute(database.admin.query);
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
  const ports = { raw, load: dealLoader(database.app), problems: problemReader(database.app), drift };
  return loadCounty({ plan: of, county: 'F', backup }, ports);
}

/** The problem rows as a person finds them in the bucket. */
const told = (): Row[] => JSON.parse(String(raw.objects.get('presale/problems/2022-09-11/F.json')));

function drop(rows: unknown, etag = '1', at = key) {
  raw.objects.set(at, Buffer.from(typeof rows === 'string' ? rows : JSON.stringify(rows)));
  const ports = { raw, corrections: correctionStore(database.app), problems: problemReader(database.app) };
  return loadCorrections({ detail: { object: { key: at, etag } } }, ports);
}

const deals = () => database.app.query.selectFrom('presale.deals').selectAll().orderBy('id').execute();
const corrections = () => database.app.query.selectFrom('presale.corrections').selectAll().orderBy('id').execute();
const verified = async (of = plan) => {
  const ports = { runs: runStore(database.app), raw: { exists: async () => true } };
  return (await checkRun({ plan: of, outcomes: [], attempt: 1 }, ports)).state;
};

test('of 16 corrected rows of which 3 are still wrong, 13 are loaded and 3 come back with reasons', async () => {
  await load([sampleLine(), ...Array.from({ length: 16 }, (_, index) => bad(`P${index}`))]);
  const rows = told().map((row, index) => ({ ...row, '建物現況格局-房': index < 3 ? 'x' : '3' }));
  const outcome = await drop(rows);

  expect(Map.groupBy(outcome, ({ state }) => state).get('loaded')).toHaveLength(13);
  expect(await deals()).toHaveLength(14);
  expect(told()).toMatchObject(
    ['P0', 'P1', 'P2'].map((serial) => ({
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
  await load([bad('P1'), bad('P2')]);
  const rows = told().map((row, index) => ({ ...row, '建物現況格局-房': index === 0 ? '3' : '33' }));
  await drop(rows);
  const after = [await deals(), await corrections(), told()];

  expect((await drop(rows)).map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
  expect([await deals(), await corrections(), told()]).toEqual(after);
  expect(await load([bad('P1'), bad('P2')])).toMatchObject({ problems: 2 });
  expect([await deals(), await corrections(), told()]).toEqual(after);
  expect(await verified()).toBe('complete');
});

test('a file that comes late again does not undo what was corrected since', async () => {
  await load([bad('P1')]);
  const [row] = told();
  await drop([{ ...row, '建物現況格局-房': '3' }], '1');
  await drop([{ ...row, '建物現況格局-房': '4' }], '2');
  await drop([{ ...row, '建物現況格局-房': '3' }], '1');

  expect((await deals()).map(({ rooms }) => rooms)).toEqual([4]);
});

test('a correction does not overwrite what a newer publication says by now', async () => {
  await load([bad('P1')]);
  const rows = told().map((row) => ({ ...row, '建物現況格局-房': '3' }));
  await load([sampleLine({ 編號: 'P1', '建物現況格局-房': '5' })], samplePlan({ publication_date: '2022-09-21' }));

  expect((await drop(rows)).map(({ state }) => state)).toEqual(['kept-newer']);
  expect((await deals()).map(({ rooms, publication_date }) => [rooms, publication_date])).toEqual([[5, '2022-09-21']]);
  expect(told()).toEqual([]);
  expect(await verified()).toBe('complete');
});

test('a row corrected under the serial number of another row stays a problem', async () => {
  await load([sampleLine({ 編號: 'S1' }), sampleLine({ 編號: '' })]);
  const rows = told().map((row) => ({ ...row, 編號: 'S1', 總價元: '1' }));
  await drop(rows);

  expect((await deals()).map(({ price_twd }) => price_twd)).toEqual([11_280_000]);
  expect(told()).toMatchObject([{ error_message: { 編號: 'is that of another row of this publication' } }]);
});

test('a row whose commas did not fit is loaded from its corrected values', async () => {
  await load([`${sampleLine({ 編號: 'P1', 備註: 'a,b' })}`]);
  const [row] = told();
  const wanted = { ...row, 備註: 'a,b', 編號: 'P1', 建案名稱: '樣品屋', 棟及號: '', '建物現況格局-房': '3' };

  expect(await drop([wanted])).toMatchObject([{ state: 'loaded' }]);
  expect(await deals()).toMatchObject([{ note: 'a,b', serial_number: 'P1', project_name: '樣品屋' }]);
  expect(await verified()).toBe('complete');
});

test('a season loaded again does not withdraw what was corrected in it', async () => {
  const season = samplePlan({ name: '111S3', season: '111S3', publication_date: '2022-07-02' });
  const lines = [sampleLine({ 編號: '' })];
  await load(lines, season);
  const [row] = JSON.parse(String(raw.objects.get('presale/problems/2022-07-02/F.json')));
  await drop([{ ...row, 編號: 'P1' }], '1', 'presale/corrected/2022-07-02/F.json');

  expect(await load(lines, season)).toMatchObject({ withdrawn: 0, problems: 1 });
  expect((await deals()).map(({ withdrawn_at }) => withdrawn_at)).toEqual([null]);
  expect(await verified(season)).toBe('complete');
});

test.each([
  ['not JSON', '[{', 'not JSON'],
  ['no list', '{}', 'Not a list of rows.'],
  ['a list of something else', '[1]', 'not a list of rows'],
  ['a nested cell', '[{"編號":{}}]', 'not a list of rows'],
  ['a row of another county', '[{"縣市":"臺北市","編號":"P1"}]', 'is of 臺北市'],
  ['a row that is no problem row', '[{"編號":"P9"}]', 'is of no problem row'],
  ['the same row twice', '[{"編號":"P1"},{"編號":"P1"}]', 'may be of several'],
])('%s is refused with the reason, and nothing of it is loaded', async (_, text, reason) => {
  await load([bad('P1')]);

  const refused = drop(text);
  await expect(refused).rejects.toThrow(PermanentError);
  await expect(refused).rejects.toThrow(reason);
  expect([await deals(), await corrections()]).toEqual([[], []]);
});

test('a key that says no publication, or a publication without a run, is refused', async () => {
  await expect(drop('[]', '1', 'presale/corrected/F.json')).rejects.toThrow('is not presale/corrected/');
  await expect(drop('[{"編號":"P1"}]', '1', 'presale/corrected/2022-10-01/F.json')).rejects.toThrow('no run of');
});
