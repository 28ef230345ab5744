import type { Context } from 'aws-lambda';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { recordFailures } from '#adapters/failure-ledger.ts';
import { apiHandler } from '#kit/api-handler.ts';
import type { NewFailure } from '#kit/failure.ts';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import { ledger, type PlatformTables } from '../../../../lambdas/platform/failures/ledger-store.ts';
import {
  discardFailure,
  discardFailures,
  findFailure,
  listFailures,
  replayFailure,
} from '../../../../lambdas/platform/failures/routes.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { httpRequest, printed } from '../../../support/lambda.ts';

let database: TestDatabase<PlatformTables>;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterAll(() => database.stop());

afterEach(() => {
  vi.restoreAllMocks();
});

const sent: ReplayMessage[] = [];

beforeEach(async () => {
  sent.length = 0;
  printed();
  await sql`TRUNCATE platform.failures RESTART IDENTITY`.execute(database.admin.query);
});

/** Records a failure; ids count from 1. */
async function failed(changes: Partial<NewFailure> = {}): Promise<void> {
  const sample = {
    workload: 'presale',
    sourceKind: 'queue',
    sourceName: 'start',
    reason: 'Away',
    message: 'm',
  } as const;
  const { rows } = await sql<{ next: number }>`SELECT count(*) + 1 AS next FROM platform.failures`.execute(
    database.app.query,
  );
  const occurredAt = new Date(Date.UTC(2026, 10, 21, 0, rows[0]?.next));
  const naturalKey = `k-${rows[0]?.next}`;
  const kept = { ...sample, naturalKey, input: '{"a":1}', attributes: {}, occurredAt, ...changes };
  await recordFailures(database.app.query, [kept], { put: async () => undefined });
}

/** As API Gateway calls it. */
async function ask(routeKey: string, given: { query?: Record<string, string>; id?: string; body?: object } = {}) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: undefined,
    services: () => ({ ledger: ledger(database.app), sendReplay: async (replay) => void sent.push(replay) }),
    routes: {
      'GET /platform/failures': listFailures,
      'GET /platform/failures/{id}': findFailure,
      'POST /platform/failures/discard': discardFailures,
      'POST /platform/failures/{id}/discard': discardFailure,
      'POST /platform/failures/{id}/replay': replayFailure,
    },
  });
  const event = httpRequest({
    routeKey,
    queryStringParameters: given.query ?? {},
    pathParameters: given.id === undefined ? {} : { id: given.id },
    body: JSON.stringify(given.body ?? {}),
  });
  const answer = await handler(event, { functionName: 'failures-api' } as Context);
  return { status: answer.statusCode, body: JSON.parse(String(answer.body)) };
}

const list = async (query: Record<string, string> = {}) => (await ask('GET /platform/failures', { query })).body.result;
const ids = (page: { data: { id: number }[] }) => page.data.map(({ id }) => id);

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
    { state: 'discarded', changed_by: 'api', changed_at: expect.any(String) },
  ]);
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

const door = 'arn:aws:sqs:ap-northeast-1:000000000000:Mails';
const replay = (body: object = {}, id = '1') => ask('POST /platform/failures/{id}/replay', { id, body });

test('a failure goes back to its door as it was, once', async () => {
  await failed({ door, attributes: { trace: 't' } });

  expect(await replay()).toMatchObject({ status: 202, body: { result: { id: 1, state: 'replayed' } } });
  expect(await replay()).toMatchObject({ status: 409 });
  expect(sent).toEqual([{ failure_id: 1, door, input: '{"a":1}', attributes: { trace: 't' } }]);
});

test('an edited input goes out, and the kept one stays', async () => {
  await failed({ door });

  expect(await replay({ input: { a: 2 } })).toMatchObject({ status: 202 });
  expect(sent).toMatchObject([{ input: '{"a":2}' }]);
  expect((await ask('GET /platform/failures/{id}', { id: '1' })).body.result.input).toBe('{"a":1}');
});

test('a dry run shows what would go out, and changes nothing', async () => {
  await failed({ door });

  expect((await replay({ dry_run: true })).body.result).toMatchObject({
    state: 'open',
    replay: { door, input: '{"a":1}' },
  });
  expect(sent).toEqual([]);
});

test('what came in at no queue or state machine, or is not there, is not replayed', async () => {
  await failed({ door: 'arn:aws:lambda:ap-northeast-1:000000000000:function:Start' });

  expect(await replay()).toMatchObject({ status: 409 });
  expect(await replay({}, '2')).toMatchObject({ status: 404 });
  expect((await list()).data).toMatchObject([{ state: 'open' }]);
});

test('10,000 failures are listed and counted in under 200 ms a page', async () => {
  await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
      occurred_at)
    SELECT 'n-' || n, 'presale', 'queue', 'start', 'Reason' || n % 20, 'm', repeat('x', 1000), '{}',
      now() - n * interval '1 second' FROM generate_series(1, 10000) n`.execute(database.app.query);
  await list();

  const started = performance.now();
  const page = await list({ start: '9000', length: '500' });
  expect(performance.now() - started).toBeLessThan(200);
  expect(page).toMatchObject({ total: 10_000 });
  expect(page.groups).toHaveLength(20);
});
