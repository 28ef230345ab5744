import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import type { PlatformTables } from '../../../../lambdas/platform/failures/matching-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { printed } from '../../../support/lambda.ts';
import { tasksQueue } from './forged-inputs.ts';
import { type LedgerApi, ledgerApi } from './ledger-api.ts';

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

const list = async (query: Record<string, string> = {}) => (await ask('GET /platform/failures', { query })).body.result;
const ids = (page: { data: { id: number }[] }) => page.data.map(({ id }) => id);

const door = 'arn:aws:sqs:ap-northeast-1:000000000000:Mails';

test('failures are listed newest first, without inputs, and counted by reason', async () => {
  await failed();
  await failed({ reason: 'Wrong' });
  await failed();

  const page = await list({ length: '2' });
  expect(ids(page)).toEqual([3, 2]);
  expect(page).toMatchObject({
    total: 3,
    groups: [
      { workload: 'presale', source_name: 'start', reason: 'Away', count: 2 },
      { reason: 'Wrong', count: 1 },
    ],
  });
  expect(page.data[0]).not.toHaveProperty('input');
  expect(ids(await list({ start: '2' }))).toEqual([1]);
});

test('failures are found by their kind', async () => {
  await failed();
  await failed({ sourceKind: 'mail' });

  expect(ids(await list({ kind: 'mail' }))).toEqual([2]);
  expect(await ask('GET /platform/failures', { query: { kind: 'letter' } })).toMatchObject({ status: 400 });
});

test('every filter holds, and all of them together', async () => {
  await failed();
  await failed({ workload: 'tagger' });
  await failed({ sourceName: 'other' });
  await failed({ reason: 'Wrong' });
  await ask('POST /platform/failures/{id}/discard', { id: '1' });

  expect(ids(await list({ workload: 'tagger' }))).toEqual([2]);
  expect(ids(await list({ source: 'other' }))).toEqual([3]);
  expect(ids(await list({ reason: 'Wrong' }))).toEqual([4]);
  expect(ids(await list({ state: 'discarded' }))).toEqual([1]);
  expect(ids(await list({ from: '2026-11-21T00:02:00Z', to: '2026-11-21T00:04:00Z' }))).toEqual([3, 2]);
  expect(ids(await list({ workload: 'presale', source: 'start', reason: 'Away', state: 'open' }))).toEqual([]);
});

test('one failure is shown with its input and the whole family', async () => {
  await failed({ input: '{ "as": "received" }', stack: 'at x' });
  await failed({ replayOf: 1 });
  await failed({ replayOf: 2 });
  await failed();

  const { body } = await ask('GET /platform/failures/{id}', { id: '2' });
  expect(body.result).toMatchObject({ id: 2, replay_of: 1, input: '{"a":1}' });
  expect(body.result.lineage.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3]);
  expect((await ask('GET /platform/failures/{id}', { id: '1' })).body.result).toMatchObject({
    input: '{ "as": "received" }',
    stack: 'at x',
  });
});

test('what is given up says by whom and when, and twice is once', async () => {
  await failed();

  for (let time = 0; time < 2; time += 1)
    expect(await ask('POST /platform/failures/{id}/discard', { id: '1' })).toMatchObject({ status: 200 });
  expect((await list()).data).toMatchObject([
    { state: 'discarded', changed_by: 'operator', changed_at: expect.any(String) },
  ]);
});

test('a change of one failure needs no body, one of many does', async () => {
  await failed();
  await failed();

  for (const [change, id] of [
    ['discard', '1'],
    ['resolve', '2'],
  ]) {
    const route = `POST /platform/failures/{id}/${change}`;
    expect(await ask(route, { id, body: 'none' })).toMatchObject({ status: 200 });
  }
  expect(await ask('POST /platform/failures/discard', { body: 'none' })).toMatchObject({
    status: 400,
    body: { message: { json: { _schema: ['Invalid input: not JSON.'] } } },
  });
});

test('a change may name its author', async () => {
  const who = 'Mei';
  for (let index = 0; index < 6; index += 1) await failed({ door, reason: `R${index}` });
  const changes = [
    ['discard', { id: '1', body: { who } }],
    ['resolve', { id: '2', body: { who } }],
    ['replay', { id: '3', body: { who } }],
  ] as const;
  for (const [change, given] of changes) await ask(`POST /platform/failures/{id}/${change}`, given);
  await ask('POST /platform/failures/discard', { body: { reason: 'R3', limit: 1, who } });
  await ask('POST /platform/failures/resolve', { body: { reason: 'R4', limit: 1, who } });
  await ask('POST /platform/failures/replay', { body: { reason: 'R5', limit: 1, who } });

  const authors = (await list()).data.map((row: { changed_by: string | null }) => row.changed_by);
  expect(authors.toReversed()).toEqual([...Array(5).fill('operator:Mei'), null]);
  expect((await ask('GET /platform/replays')).body.result).toMatchObject([{ asked_by: 'operator:Mei' }]);
  for (const wrong of ['', 'x'.repeat(101), '\0', 5])
    expect(await ask('POST /platform/failures/{id}/discard', { id: '6', body: { who: wrong } })).toMatchObject({
      status: 400,
    });
});

test('a failure that was replayed can’t be given up, and one that isn’t there is none', async () => {
  await failed();
  await sql`UPDATE platform.failures SET state = 'replayed'`.execute(database.app.query);

  expect(await ask('POST /platform/failures/{id}/discard', { id: '1' })).toMatchObject({ status: 409 });
  expect(await ask('POST /platform/failures/{id}/discard', { id: '2' })).toMatchObject({ status: 404 });
  expect(await ask('GET /platform/failures/{id}', { id: '2' })).toMatchObject({ status: 404 });
});

test('many are given up by filter, the oldest first, no more than asked', async () => {
  for (let index = 0; index < 3; index += 1) await failed();
  await failed({ reason: 'Wrong' });

  const discard = (body: object) => ask('POST /platform/failures/discard', { body });
  expect((await discard({ reason: 'Away', limit: 2 })).body).toEqual({ result: { discarded: 2 } });
  expect(ids(await list({ state: 'open' }))).toEqual([4, 3]);
  expect(await discard({ limit: 2 })).toMatchObject({ status: 400 });
  expect(await discard({ reason: 'Away' })).toMatchObject({ status: 400 });
  expect(await discard({ state: 'open', limit: 1 })).toMatchObject({ status: 400 });
});

const replay = (body: object = {}, id = '1') => ask('POST /platform/failures/{id}/replay', { id, body });

test('a failure goes back to its door as it was, once', async () => {
  await failed({ door, attributes: { trace: 't' } });

  expect(await replay()).toMatchObject({ status: 202, body: { result: { id: 1, state: 'replayed' } } });
  expect(await replay()).toMatchObject({ status: 409 });
  expect(sent).toEqual([{ name: 'replay-1', failure_id: 1, door, input: '{"a":1}', attributes: { trace: 't' } }]);
});

test('an edited input goes out, and the kept one stays', async () => {
  const input = '{"task_id":"a","input":{"n":1}}';
  await failed({ door: tasksQueue, input });

  expect(await replay({ input: { task_id: 'a', input: { n: 2 } } })).toMatchObject({ status: 202 });
  const edited = { source: 'tasks/run-tasks', original: { input } };
  expect(sent).toMatchObject([{ input: '{"task_id":"a","input":{"n":2}}', edited }]);
  expect((await ask('GET /platform/failures/{id}', { id: '1' })).body.result.input).toBe(input);
});

test('a dry run shows what would go out, and changes nothing', async () => {
  await failed({ door });

  expect((await replay({ dry_run: true })).body.result).toMatchObject({
    state: 'open',
    replay: { door, input: '{"a":1}' },
  });
  expect(sent).toEqual([]);
});

test('what came in at no door, or is not there, is not replayed', async () => {
  await failed();

  expect(await replay()).toMatchObject({ status: 409 });
  expect(await replay({}, '2')).toMatchObject({ status: 404 });
  expect((await list()).data).toMatchObject([{ state: 'open' }]);
});

test.each(['arn:aws:lambda:r:0:function:f', 'arn:aws:states:r:0:stateMachine:m', 's3://raw/presale/corrected/x.json'])(
  'a replay goes to %s, too',
  async (other) => {
    await failed({ door: other });

    expect(await replay()).toMatchObject({ status: 202 });
    expect(sent).toMatchObject([{ door: other }]);
  },
);

test('an input in the bucket or in its execution is named to readers', async () => {
  await failed({ door, input: 'x'.repeat(40_000) });
  await failed({ door, input: '', inputExecution: 'arn:aws:states:r:0:execution:m:n' });

  expect([await replay(), await replay({}, '2')]).toMatchObject([{ status: 202 }, { status: 202 }]);
  expect(sent).toMatchObject([
    { input_key: expect.stringMatching(/^platform\/failures\//) },
    { input_execution: 'arn:aws:states:r:0:execution:m:n' },
  ]);
  expect(sent.filter((message) => 'input' in message)).toEqual([]);
});

test('what a person put right says so with a note, also after a replay, and a failure given up stays so', async () => {
  for (let index = 0; index < 3; index += 1) await failed({ door });
  await replay();
  await ask('POST /platform/failures/{id}/discard', { id: '3' });
  const resolve = (id: string, body = {}) => ask('POST /platform/failures/{id}/resolve', { id, body });

  expect(await resolve('1', { note: 'by hand' })).toMatchObject({
    status: 200,
    body: { result: { state: 'resolved' } },
  });
  expect(await resolve('2')).toMatchObject({ status: 200 });
  expect(await resolve('3')).toMatchObject({ status: 409 });
  expect(await resolve('4')).toMatchObject({ status: 404 });
  expect((await list({ state: 'resolved' })).data).toMatchObject([
    { id: 2, note: null, changed_by: 'operator' },
    { id: 1, note: 'by hand' },
  ]);
});

test('many are put right by filter', async () => {
  for (let index = 0; index < 3; index += 1) await failed();
  await failed({ reason: 'Wrong' });

  const body = { reason: 'Away', limit: 2, note: 'the site is back' };
  expect((await ask('POST /platform/failures/resolve', { body })).body).toEqual({ result: { resolved: 2 } });
  expect(ids(await list({ state: 'open' }))).toEqual([4, 3]);
  expect(await ask('POST /platform/failures/resolve', { body: { limit: 2 } })).toMatchObject({ status: 400 });
});

test('a long message is whole with its failure and cut in lists: a page of the longest can be sent', async () => {
  const message = '字'.repeat(30_000);
  await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
      occurred_at)
    SELECT 'n-' || n, 'presale', 'state-machine', 'run', 'Reason' || n, ${message}, 'x', '{}', now()
      FROM generate_series(1, 600) n`.execute(database.app.query);

  const page = await list({ length: '500' });
  expect(page.data.map(({ message: shown }: { message: string }) => shown)).toEqual(
    Array.from({ length: 500 }, () => `${'字'.repeat(999)}…`),
  );
  expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(3 * 1024 * 1024);
  expect(page).toMatchObject({ total: 600 });
  expect(page.groups).toHaveLength(500);
  const one = (await ask('GET /platform/failures/{id}', { id: '1' })).body;
  expect(one).toMatchObject({ result: { message } });
});

test('10,000 failures are listed and counted, page by page', async () => {
  await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
      occurred_at)
    SELECT 'n-' || n, 'presale', 'queue', 'start', 'Reason' || n % 20, 'm', repeat('x', 1000), '{}',
      now() - n * interval '1 second' FROM generate_series(1, 10000) n`.execute(database.app.query);

  const page = await list({ start: '9000', length: '500' });
  expect(page).toMatchObject({ total: 10_000 });
  expect(page.groups).toHaveLength(20);
});
