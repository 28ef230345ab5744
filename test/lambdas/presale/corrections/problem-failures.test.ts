import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NewFailure } from '../../../../lambdas/kit/ledger/failure.ts';
import { recordFailures } from '../../../../lambdas/platform/record/failure-ledger.ts';
import { loadCorrections } from '../../../../lambdas/presale/corrections/load-corrections.ts';
import { readFile } from '../../../../lambdas/presale/file/read-file.ts';
import { correctionStore } from '../../../../lambdas/presale/stores/correction-store.ts';
import { dealLoader } from '../../../../lambdas/presale/stores/load-store.ts';
import { problemReader } from '../../../../lambdas/presale/stores/problem-store.ts';
import { runStore } from '../../../../lambdas/presale/stores/run-store.ts';
import type { PresaleTables } from '../../../../lambdas/presale/stores/tables.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { fakeRawFiles } from '../fake-raw-files.ts';
import { sampleBackup, samplePlan } from '../plan.ts';
import { sampleFile, sampleLine, streamed } from '../sample-file.ts';

/** Problem rows in the failure ledger: from the load that finds them to the correction that puts them right. */

let database: TestDatabase<PresaleTables>;

beforeAll(async () => {
  database = await startTestDatabase<PresaleTables>();
});

afterAll(() => database.stop());

beforeEach(async () => {
  await sql`TRUNCATE presale.deals, presale.runs, platform.failures CASCADE`.execute(database.admin.query);
});

interface Failure {
  readonly id: number;
  readonly natural_key: string;
  readonly state: string;
  readonly changed_by: string | null;
  readonly replay_of: number | null;
  readonly door: string;
  readonly input: string;
}

const plan = samplePlan();
const bad = (serial: string, rooms = '22') => sampleLine({ 編號: serial, '建物現況格局-房': rooms });

async function load(lines: readonly string[]) {
  await runStore(database.app).begin(plan);
  return dealLoader(database.app, 'raw')({ plan, county: 'F', backup: sampleBackup() }, (refusals) =>
    readFile(streamed(sampleFile(lines)), refusals),
  );
}

async function failures(): Promise<Failure[]> {
  const { rows } = await sql<Failure>`SELECT * FROM platform.failures ORDER BY id`.execute(database.app.query);
  return rows;
}

const states = async () => (await failures()).map(({ state }) => state);

/** What a replay does: the failure is marked, and the input lies at its door. */
async function replay({ id, door }: Failure, input: string) {
  await sql`UPDATE platform.failures SET state = 'replayed' WHERE id = ${id}`.execute(database.admin.query);
  const key = door.replace('s3://raw/', '');
  const raw = fakeRawFiles();
  raw.objects.set(key, Buffer.from(input));
  const corrections = correctionStore(database.app, 'raw');
  const ports = {
    raw,
    bucket: 'raw',
    corrections,
    problems: problemReader(database.app),
    // As the object's metadata says.
    replayedBy: async () => Number(id),
    record: (failure: NewFailure) => recordFailures(database.app.query, [failure]),
  };
  return loadCorrections({ detail: { object: { key, etag: String(input.length) } } }, ports);
}

test('a problem row is an open failure with the row as the corrector sees it, however often it is loaded', async () => {
  await load([sampleLine(), bad('RPTEST00P1'), `${bad('RPTEST00P2')},x`]);
  const found = await failures();
  await load([sampleLine(), bad('RPTEST00P1'), `${bad('RPTEST00P2')},x`]);

  expect(await failures()).toEqual(found);
  expect(found).toMatchObject([
    {
      workload: 'presale',
      source_kind: 'file',
      source_name: 'problem-rows',
      reason: 'WrongCell',
      message: 'Line 4 of county F, publication 2022-09-11: 建物現況格局-房 22 is 10 or above',
      door: 's3://raw/presale/corrected/2022-09-11/F.4.json',
      state: 'open',
    },
    { reason: 'UnreadableRow' },
  ]);
  expect(JSON.parse(found[0]?.input ?? '')).toMatchObject({
    縣市: '新北市',
    行號: 4,
    交易年月日: '2022-07-13',
    error_message: { '建物現況格局-房': '22 is 10 or above' },
  });
});

test('a load that fails leaves no failure of its rows, and one of thousands of problem rows keeps each', async () => {
  await expect(
    dealLoader(database.app, 'raw')({ plan: samplePlan({ name: 'none' }), county: 'F', backup: sampleBackup() }, () =>
      readFile(streamed(sampleFile([bad('RPTEST00P1')]))),
    ),
  ).rejects.toThrow('foreign key');
  expect(await failures()).toEqual([]);

  await load(Array.from({ length: 2500 }, (_, index) => bad(`RPTEST00P${index}`)));
  expect(await failures()).toHaveLength(2500);
  expect(await load([])).toMatchObject({ problems: 0 });
  expect(new Set(await states())).toEqual(new Set(['resolved']));
});

test('what a newer file no longer has, or has otherwise, is resolved; what comes again is a failure again', async () => {
  await load([bad('RPTEST00P1'), bad('RPTEST00P2')]);
  await load([bad('RPTEST00P1', '33'), sampleLine({ 編號: 'RPTEST00P2' })]);
  expect(await states()).toEqual(['resolved', 'resolved', 'open']);
  expect((await failures())[0]?.changed_by).toBe(`run:${plan.run_id}`);

  await load([bad('RPTEST00P1'), bad('RPTEST00P2')]);
  expect(await states()).toEqual(['resolved', 'resolved', 'resolved', 'open', 'open']);
});

test('a row that is corrected is resolved, with who', async () => {
  await load([bad('RPTEST00P1'), bad('RPTEST00P2')]);
  const place = { publicationDate: plan.publication_date, letter: 'F' } as const;
  const right = { line_number: 3, cells: { '建物現況格局-房': '3' } };
  const wrong = { line_number: 4, cells: { '建物現況格局-房': '99' } };
  const by = { who: 'api:Mei', source: null };
  await correctionStore(database.app, 'raw').correct(place, by, () => [right, wrong]);

  expect(await failures()).toMatchObject([{ state: 'resolved', changed_by: 'api:Mei' }, { state: 'open' }]);
});

test('a replay with a right input loads the row, and one that is still wrong is a new failure that names the first', async () => {
  await load([bad('RPTEST00P1')]);
  const [first] = await failures();
  if (!first) throw new Error('no failure');
  const edited = (rooms: string) => JSON.stringify({ ...JSON.parse(first.input), '建物現況格局-房': rooms });

  expect(await replay(first, first.input)).toMatchObject([{ state: 'unchanged' }]);
  const [, second] = await failures();
  expect(second).toMatchObject({ state: 'open', replay_of: first.id, input: first.input });
  if (!second) throw new Error('no second failure');

  expect(await replay(second, edited('abc'))).toMatchObject([{ state: 'problem' }]);
  const third = (await failures())[2];
  expect(third).toMatchObject({ state: 'open', replay_of: second.id, input: expect.stringContaining('abc is not') });
  if (!third) throw new Error('no third failure');

  expect(await replay(third, edited('3'))).toMatchObject([{ state: 'loaded' }]);
  expect(await states()).toEqual(['replayed', 'replayed', 'resolved']);
});

test.each([
  ['no JSON', '[{'],
  ['of another county', '[{"縣市":"臺北市","編號":"RPTEST00P1"}]'],
])('a replay whose edited input is %s is refused, and keeps its lineage', async (_what, edited) => {
  await load([bad('RPTEST00P1')]);
  const [first] = await failures();
  if (!first) throw new Error('The row is in no ledger');
  await replay(first, edited);
  const [, second] = await failures();
  if (!second) throw new Error('The replay is in no ledger');
  // The same bytes once more: a failure of its own.
  await replay(second, edited);

  expect((await failures()).map(({ replay_of }) => replay_of)).toEqual([null, first.id, second.id]);
});
