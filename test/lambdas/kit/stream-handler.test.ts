import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { NewFailure } from '#kit/ledger/failure.ts';
import type { StreamEvent, StreamRecord } from '#kit/stream/event.ts';
import { jsonOf } from '#kit/stream/read.ts';
import { type StreamBatchSpec, streamBatchHandler, streamHandler } from '#kit/stream-handler.ts';
import batch from '../../fixtures/events/msk-batch.json' with { type: 'json' };
import { lambdaContext, printed } from '../../support/lambda.ts';

const event: StreamEvent = batch;
const reading = z.object({ level: z.int() });
type Reading = z.output<typeof reading>;

let failures: NewFailure[];
const reject = async (found: readonly NewFailure[]) => failures.push(...found);

beforeEach(() => {
  failures = [];
  printed();
  vi.stubEnv('STREAM_ANSWER', 'partial');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function consumer(handle: (message: Reading, record: StreamRecord) => Promise<unknown>) {
  return streamHandler({
    edge: 'meters/read',
    env: z.object({}),
    message: jsonOf(reading),
    services: () => ({ reject }),
    handle: (message, _ports, record) => handle(message, record),
  });
}

type Ports = { reject: typeof reject };

function batches(handleBatch: StreamBatchSpec<z.ZodObject, Reading, Ports>['handleBatch']) {
  return streamBatchHandler({
    edge: 'meters/read',
    env: z.object({}),
    message: jsonOf(reading),
    services: () => ({ reject }),
    handleBatch,
  });
}

test('a record has its key, its value, its time, and headers byte by byte in their order', async () => {
  const seen: StreamRecord[] = [];
  await consumer(async (_message, record) => seen.push(record))(event, lambdaContext());

  expect(seen.find(({ offset }) => offset === 7)).toEqual({
    topic: 'readings',
    partition: 0,
    offset: 7,
    at: new Date(1795237200000),
    key: Buffer.from('key'),
    value: Buffer.from('{"level": 1}'),
    headers: [
      { name: 'trace', value: Buffer.from([103, 228, 0, 128]) },
      { name: 'trace', value: Buffer.from('2') },
      { name: 'empty', value: Buffer.alloc(0) },
    ],
  });
  expect(seen.find(({ offset }) => offset === 8)?.key).toBeUndefined();
});

test('records of a partition are handled one after the other, in their order', async () => {
  const seen: string[] = [];
  const answer = await consumer(async ({ level }, { partition }) => {
    seen.push(`${partition} begins ${level}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push(`${partition} ends ${level}`);
  })(event, lambdaContext());

  expect(seen.filter((line) => line.startsWith('0'))).toEqual(
    [1, 2, 4].flatMap((level) => [`0 begins ${level}`, `0 ends ${level}`]),
  );
  expect(answer).toEqual({ batchItemFailures: [] });
});

test('what can never be done is in the ledger with its raw bytes and the reason, and its partition goes on', async () => {
  const seen: number[] = [];
  await consumer(async ({ level }) => seen.push(level))(event, lambdaContext());

  expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 4, 10]);
  expect(failures.map(({ message }) => message)).toEqual([
    'readings, partition 0, offset 9: The record has no value',
    'readings, partition 1, offset 4: The value is not UTF-8',
  ]);
  expect(failures[1]).toMatchObject({
    naturalKey: 'stream:meters/read:readings:1:4:1795237200000',
    workload: 'meters',
    sourceKind: 'stream',
    sourceName: 'read',
    reason: 'PermanentError',
    door: lambdaContext().invokedFunctionArn,
  });
  expect(JSON.parse(failures[1]?.input ?? '')).toMatchObject({ records: { 'readings-1': [{ value: '//7/' }] } });
});

test('a rejected record handed in again from the ledger is one failure more', async () => {
  const handler = consumer(async () => undefined);
  await handler(event, lambdaContext());
  const [first] = failures;
  await handler(JSON.parse(first?.input ?? '{}'), lambdaContext());

  expect(failures.at(-1)?.naturalKey).toBe(`${first?.naturalKey}:replayed:${lambdaContext().awsRequestId}`);
});

test('a partition stops at its first failure, which alone is reported, and the others go on', async () => {
  const seen: number[] = [];
  const answer = await consumer(async ({ level }) => {
    if (level === 2) throw new Error('the broker is away');
    seen.push(level);
  })(event, lambdaContext());

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: { partition: 'readings-0', offset: 8 } }] });
  expect(seen.sort((a, b) => a - b)).toEqual([1, 10]);
  expect(failures).toHaveLength(1);
});

test('without provisioned pollers a failure fails the whole event', async () => {
  vi.stubEnv('STREAM_ANSWER', 'whole');
  const handler = consumer(async ({ level }) => {
    if (level === 10) throw new Error('the broker is away');
  });

  await expect(handler(event, lambdaContext())).rejects.toThrow('1 partitions stopped');
});

test('a replay that fails again fails the invocation, since its answer is not read', async () => {
  const handler = consumer(async () => {
    throw new Error('the broker is away');
  });

  await expect(handler({ ...event, replay: true }, lambdaContext())).rejects.toThrow('2 partitions stopped');
});

test('a replayed record that is rejected again is a failure of its own that names the first', async () => {
  await consumer(async () => undefined)({ ...event, replay: true, replayOf: 12 }, lambdaContext());

  const [first] = failures;
  expect(first).toMatchObject({ replayOf: 12, naturalKey: expect.stringMatching(/:replayed:/) });
  expect(JSON.parse(first?.input ?? '')).not.toHaveProperty('replayOf');
});

test('nothing is acknowledged while the ledger is away', async () => {
  const handler = streamHandler({
    edge: 'meters/read',
    env: z.object({}),
    message: jsonOf(reading),
    services: () => ({ reject: async () => Promise.reject(new Error('the ledger is away')) }),
    handle: async () => undefined,
  });

  await expect(handler(event, lambdaContext())).rejects.toThrow('the ledger is away');
});

test('a batch holds what could be read of a partition, and may tell records apart that can never be done', async () => {
  const seen: number[][] = [];
  const answer = await batches(async (messages) => {
    seen.push(messages.map(({ message }) => message.level));
    return messages
      .filter(({ message }) => message.level === 2)
      .map(({ record }) => ({ record, error: new Error('too large for the topic') }));
  })(event, lambdaContext());

  expect(seen).toEqual([[1, 2, 4], [10]]);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(failures.map(({ naturalKey }) => naturalKey.split(':').at(-2))).toEqual(['9', '8', '4']);
});

test('a batch that fails comes again from its first record', async () => {
  const answer = await batches(async (messages) => {
    if (messages.length > 1) throw new Error('the broker is away');
    return undefined;
  })(event, lambdaContext());

  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: { partition: 'readings-0', offset: 7 } }] });
});
