import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sql } from 'kysely';
import { startStorage } from 'one-machine/services/storage.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { sendEach } from '../../../../lambdas/adapters/queue.ts';
import type { ReplayMessage } from '../../../../lambdas/platform/contract.ts';
import type { PlatformTables } from '../../../../lambdas/platform/failures/matching-store.ts';
import { type Paced, portionSize, sendPortion } from '../../../../lambdas/platform/failures/replays/portion.ts';
import { replays } from '../../../../lambdas/platform/failures/replays/replays-store.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { printed } from '../../../support/lambda.ts';
import { type LedgerApi, ledgerApi } from './ledger-api.ts';

let database: TestDatabase<PlatformTables>;
let directory: string;
let storage: Awaited<ReturnType<typeof startStorage>>;
let api: LedgerApi;
const started: ReplayMessage[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  api = ledgerApi(database, async (message) => void started.push(message));
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const settings = { visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 3600, fifo: false };
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [],
    queues: [{ ...settings, name: 'Replays', maximumMessageBytes: 1024 * 1024 }],
  });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
});

afterAll(async () => {
  await storage.stop();
  await database.stop();
  await rm(directory, { recursive: true, force: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

beforeEach(async () => {
  started.length = 0;
  printed();
  await sql`TRUNCATE platform.failures, platform.replays RESTART IDENTITY`.execute(database.admin.query);
});

const door = 'arn:aws:sqs:ap-northeast-1:000000000000:millrace-dev-platform-send-mail';

async function fill(count: number): Promise<void> {
  await sql`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, door, reason, message, input,
      attributes, occurred_at)
    SELECT 'n-' || n, 'presale', 'queue', 'start', ${door}, 'Reason' || n % 2, 'm', '{"n":' || n || '}', '{}',
      now() - n * interval '1 second' FROM generate_series(1, ${sql.lit(count)}) n`.execute(database.app.query);
}

const begin = async (body: object) => (await api.ask('POST /platform/failures/replay', { body })).body.result;
const progress = async (id: number) => (await api.ask('GET /platform/replays/{id}', { id: String(id) })).body.result;

/** Sends portions until none is left, as the state machine does but without its pauses. */
async function work(id: number, sendAll: (paced: readonly Paced[]) => Promise<readonly number[]>) {
  const portions: { sent: number; seconds: number }[] = [];
  const startedAt = new Date('2026-11-21T02:00:00Z');
  for (;;) {
    const ports = { replays: replays(database.app), sendAll, clock: () => startedAt };
    const { state, sent, nextAt } = await sendPortion(id, ports);
    if (state === 'ended') return portions;
    portions.push({ sent, seconds: (nextAt.getTime() - startedAt.getTime()) / 1000 });
  }
}

test('10,000 failures go into the queue in portions that keep to the rate', { timeout: 600_000 }, async () => {
  await fill(10_000);
  const { id, chosen, seconds } = await begin({ workload: 'presale', limit: 10_000, rate: 50 });
  expect({ chosen, seconds }).toEqual({ chosen: 10_000, seconds: 200 });
  expect(started).toMatchObject([{ name: `bulk-${id}`, input: `{"replay_id":${id}}` }]);

  const all: (Paced & { portion: number })[] = [];
  const sendAll = sendEach(storage.queueUrl('Replays'));
  let portion = 0;
  const portions = await work(id, async (paced) => {
    portion += 1;
    all.push(...paced.map((one) => ({ ...one, portion })));
    return sendAll(paced);
  });

  expect(portions.every(({ sent, seconds }) => sent === 1000 && seconds === 20)).toBe(true);
  const perSecond = Map.groupBy(all, ({ portion: of, delaySeconds }) => of * 100 + delaySeconds);
  expect(perSecond.size).toBe(200);
  expect([...perSecond.values()].every(({ length }) => length === 50)).toBe(true);
  expect(new Set(all.map(({ message }) => message.failure_id)).size).toBe(10_000);
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'] as const;
  const asked = new GetQueueAttributesCommand({
    QueueUrl: storage.queueUrl('Replays'),
    AttributeNames: [...AttributeNames],
  });
  const { Attributes = {} } = await new SQSClient({}).send(asked);
  expect(AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0)).toBe(10_000);
  expect(await progress(id)).toMatchObject({ state: 'done', waiting: 0, sent: 10_000 });
});

test('a replay that would outlast its machine is refused, and nothing is chosen', async () => {
  await fill(3457);
  const body = { workload: 'presale', limit: 10_000, rate: 0.01 };
  const answer = await api.ask('POST /platform/failures/replay', { body });

  expect(answer).toMatchObject({
    status: 400,
    body: { message: { json: { rate: ['3457 would take more than 4 days: at least 0.02.'] } } },
  });
  expect(started).toEqual([]);
  expect((await api.ask('GET /platform/replays', {})).body.result).toEqual([]);
  expect(await begin({ ...body, limit: 3456 })).toMatchObject({ chosen: 3456, seconds: 345_600 });
});

test('what was taken and not sent, because the function died, is sent first, and nothing twice', async () => {
  await fill(10);
  const { id } = await begin({ workload: 'presale', limit: 100, rate: 0.1 });
  const store = replays(database.app);
  const first = await store.takePortion(id, portionSize);
  await store.sent(
    id,
    first.failures.slice(0, 1).map((failure) => failure.id),
  );

  const sent: number[] = [];
  await work(id, async (paced) => {
    sent.push(...paced.map(({ message }) => message.failure_id ?? 0));
    return paced.map((_, index) => index);
  });

  expect(first.failures).toHaveLength(3);
  expect(sent.toSorted((one, other) => one - other)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(sent.slice(0, 2).toSorted()).toEqual(
    first.failures
      .slice(1)
      .map((failure) => failure.id)
      .toSorted(),
  );
});

test('what SQS refuses stays to be sent', async () => {
  await fill(4);
  const { id } = await begin({ workload: 'presale', limit: 4, rate: 10 });
  const ports = { replays: replays(database.app), clock: () => new Date() };

  expect(await sendPortion(id, { ...ports, sendAll: async () => [0, 2] })).toMatchObject({ sent: 2, all: false });
  expect(await sendPortion(id, { ...ports, sendAll: async (paced) => paced.map((_, i) => i) })).toMatchObject({
    sent: 2,
  });
  expect(await progress(id)).toMatchObject({ sent: 4 });
});

test('two that send portions of one replay at once share them', async () => {
  await fill(6);
  const { id } = await begin({ workload: 'presale', limit: 6, rate: 10 });
  const taken = await Promise.all(
    [database.app, database.another()].map((through) => replays(through).takePortion(id, () => 3)),
  );

  // The second finds what the first has taken and not sent: the queue's consumer drops one of the two messages.
  expect(taken.map(({ failures }) => failures.length)).toEqual([3, 3]);
  expect(taken[0]?.failures.map((failure) => failure.id)).toEqual(taken[1]?.failures.map((failure) => failure.id));
});

test('a dry run says which and how long, and changes nothing', async () => {
  await fill(5);
  await api.failed({ reason: 'Reason1', door: undefined });

  expect(await begin({ workload: 'presale', reason: 'Reason1', limit: 2, rate: 0.5, dry_run: true })).toEqual({
    chosen: 2,
    rate: 0.5,
    seconds: 4,
    groups: [{ workload: 'presale', source_name: 'start', reason: 'Reason1', count: 2 }],
    without_door: 1,
  });
  expect(started).toEqual([]);
  expect((await api.ask('GET /platform/replays')).body.result).toEqual([]);
});

test('a failure is in one replay only, and one without a door in none', async () => {
  await fill(3);
  await api.failed();

  expect(await begin({ workload: 'presale', limit: 2, rate: 10 })).toMatchObject({
    id: 1,
    chosen: 2,
    state: 'running',
  });
  expect(await begin({ workload: 'presale', limit: 9, rate: 10 })).toMatchObject({ id: 2, chosen: 1 });
  expect(await begin({ workload: 'presale', limit: 9, rate: 10 })).toMatchObject({ id: 3, chosen: 0, state: 'done' });
  expect(started).toHaveLength(2);
});

test('a replay that is stopped lets go of the rest, which can be replayed again', async () => {
  await fill(40);
  const { id } = await begin({ workload: 'presale', limit: 40, rate: 1 });
  await sendPortion(id, {
    replays: replays(database.app),
    sendAll: async (all) => all.map((_, i) => i),
    clock: () => new Date(),
  });
  const stop = () => api.ask('POST /platform/replays/{id}/stop', { id: String(id) });

  expect(await stop()).toMatchObject({ status: 200, body: { result: { state: 'stopped' } } });
  expect(await work(id, async () => [])).toEqual([]);
  expect(await progress(id)).toMatchObject({ state: 'stopped', chosen: 40, sent: 30, waiting: 0 });
  expect(await begin({ workload: 'presale', limit: 40, rate: 1 })).toMatchObject({ chosen: 10 });
});

const states = async () => {
  const { rows } = await sql<{ state: string; sent: boolean; replay_id: number | null }>`
    SELECT state, sent_at IS NOT NULL AS sent, replay_id FROM platform.failures ORDER BY occurred_at`.execute(
    database.admin.query,
  );
  return rows.map(({ state, sent, replay_id }) => [state, sent, replay_id]);
};
const stop = (id: number) => api.ask('POST /platform/replays/{id}/stop', { id: String(id) });

test('a stop gives back what a machine that failed for good had taken and not sent', async () => {
  await fill(4);
  const { id } = await begin({ workload: 'presale', limit: 4, rate: 0.1 });
  const store = replays(database.app);
  const { failures } = await store.takePortion(id, () => 3);
  await store.sent(id, [failures[0]?.id ?? 0]);
  expect(await begin({ workload: 'presale', limit: 4, rate: 10 })).toMatchObject({ chosen: 0 });

  for (let time = 0; time < 2; time += 1)
    expect(await stop(id)).toMatchObject({ status: 200, body: { result: { state: 'stopped' } } });

  const rows = await states();
  expect(rows.filter(([state]) => state === 'replayed')).toEqual([['replayed', true, id]]);
  expect(rows.filter(([state]) => state === 'open')).toEqual(Array(3).fill(['open', false, null]));
  expect(await work(id, async () => [])).toEqual([]);
  expect(await begin({ workload: 'presale', limit: 4, rate: 10 })).toMatchObject({ chosen: 3 });
});

test('what a portion is sending while its replay is stopped counts as sent, the rest of it not', async () => {
  await fill(3);
  const { id } = await begin({ workload: 'presale', limit: 3, rate: 10 });
  const sendAll = async () => {
    await stop(id);
    return [0, 1];
  };

  expect(await sendPortion(id, { replays: replays(database.app), sendAll, clock: () => new Date() })).toMatchObject({
    sent: 2,
  });

  expect((await states()).toSorted()).toEqual([
    ['open', false, null],
    ['replayed', true, id],
    ['replayed', true, id],
  ]);
  expect(await progress(id)).toMatchObject({ state: 'stopped', sent: 2, waiting: 0 });
  expect(await begin({ workload: 'presale', limit: 3, rate: 10 })).toMatchObject({ chosen: 1 });
});

test('a replay that is done can’t be stopped', async () => {
  await fill(1);
  const { id } = await begin({ workload: 'presale', limit: 1, rate: 10 });
  await work(id, async (all) => all.map((_, index) => index));

  expect(await stop(id)).toMatchObject({ status: 409 });
});

test('a replay that its machine asks for too early is asked for again', async () => {
  await expect(replays(database.app).takePortion(99, portionSize)).rejects.toMatchObject({ name: 'TransientError' });
});

test('what is asked wrongly is refused', async () => {
  const ask = (body: object) => api.ask('POST /platform/failures/replay', { body });

  expect(await ask({ limit: 5 })).toMatchObject({ status: 400 });
  expect(await ask({ workload: 'presale' })).toMatchObject({ status: 400 });
  expect(await ask({ workload: 'presale', limit: 5, rate: 0 })).toMatchObject({ status: 400 });
  expect(await ask({ workload: 'presale', limit: 5, rate: 1e6 })).toMatchObject({ status: 400 });
  expect(await api.ask('GET /platform/replays/{id}', { id: '5' })).toMatchObject({ status: 404 });
  expect(await api.ask('POST /platform/replays/{id}/stop', { id: '5' })).toMatchObject({ status: 404 });
});
