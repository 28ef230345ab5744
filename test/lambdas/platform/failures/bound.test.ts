import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import type { PlatformTables } from '../../../../lambdas/platform/failures/matching-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { printed } from '../../../support/lambda.ts';
import { forged, forgedAtFunctions, tasksQueue } from './forged-inputs.ts';
import { type LedgerApi, ledgerApi } from './ledger-api.ts';

/** What an edited input may not change of what failed. */

let database: TestDatabase<PlatformTables>;
let api: LedgerApi;
const sent: ReplayMessage[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  api = ledgerApi(database, async (replay) => void sent.push(replay));
});

afterAll(() => database.stop());

afterEach(() => {
  vi.restoreAllMocks();
});

beforeEach(async () => {
  sent.length = 0;
  printed();
  await sql`TRUNCATE platform.failures, platform.replays RESTART IDENTITY`.execute(database.admin.query);
});

const ask: LedgerApi['ask'] = (...given) => api.ask(...given);
const failed: LedgerApi['failed'] = (changes) => api.failed(changes);
const list = async () => (await ask('GET /platform/failures')).body.result;
const replay = (body: object = {}, id = '1') => ask('POST /platform/failures/{id}/replay', { id, body });

test.each(forged)('%s is not what failed: nothing goes out', async (_what, place, before, after, field) => {
  // Whatever the row says of its source: what counts is who gets the input.
  await failed({ door: place, workload: 'presale', sourceName: 'corrected-files', input: JSON.stringify(before) });

  for (const body of [{ input: after }, { input: JSON.stringify(after) }, { input: after, dry_run: true }]) {
    expect(await replay(body)).toMatchObject({
      status: 400,
      body: { message: { json: { [field]: [expect.any(String)] } } },
    });
  }
  expect(sent).toEqual([]);
  expect((await list()).data).toMatchObject([{ state: 'open' }]);
  expect(await replay()).toMatchObject({ status: 202 });
  expect(sent).toMatchObject([{ input: JSON.stringify(before) }]);
});

test.each(forgedAtFunctions)(
  '%s is not what a function failed on',
  async (_what, sourceKind, workload, sourceName, before, after, field) => {
    const place = { door: 'arn:aws:lambda:r:0:function:f', sourceKind, workload, sourceName };
    await failed({ ...place, input: JSON.stringify(before) });

    expect(await replay({ input: after })).toMatchObject({
      status: 400,
      body: { message: { json: { [field]: [expect.any(String)] } } },
    });
    expect(sent).toEqual([]);
  },
);

test('an input that is nested too deep to be written is a wrong input, not our own fault', async () => {
  await failed({ door: tasksQueue, input: '{"task_id":"a"}' });
  const body = `{"input":{"task_id":"a","input":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;

  expect(await ask('POST /platform/failures/{id}/replay', { id: '1', body })).toMatchObject({ status: 400 });
});

test('a problem row stays the row of its line, whatever its cells become', async () => {
  const place = {
    door: 's3://raw/presale/corrected/x/a.5.json',
    sourceKind: 'file',
    sourceName: 'problem-rows',
  } as const;
  await failed({ ...place, input: '{"行號":5,"總價元":"x"}' });

  expect(await replay({ input: { 行號: 6, 總價元: '1' } })).toMatchObject({ status: 400 });
  expect(await replay({ input: { 總價元: '1' } })).toMatchObject({ status: 400 });
  expect(await replay({ input: { 行號: 5, 總價元: '1' } })).toMatchObject({ status: 202 });
});

test('an edited input whose original lies elsewhere is held against it where it goes in', async () => {
  const input = JSON.stringify({ task_id: 'a', input: 'x'.repeat(40_000) });
  await failed({ door: tasksQueue, input });
  await failed({ door: 'arn:aws:sqs:r:0:millrace-dev-tasks-send-callbacks', input });

  expect(await replay({ input: { task_id: 'b' } })).toMatchObject({ status: 202 });
  expect(sent).toMatchObject([
    { input: '{"task_id":"b"}', edited: { source: 'tasks/run-tasks', original: { input_key: expect.any(String) } } },
  ]);
  expect(await replay({ input: { task_id: 'a' } }, '2')).toMatchObject({ status: 400 });
});
