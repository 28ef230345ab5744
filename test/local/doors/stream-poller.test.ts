import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Admin } from '@platformatic/kafka';
import type { MSKEvent } from 'aws-lambda';
import { type StreamPoller, startStreamPoller } from 'one-machine/doors/stream-poller.ts';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import type { StreamSourceModel } from 'one-machine/template/model.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type StreamProducer, streamProducer } from '#adapters/stream.ts';
import { arnOf, startTestHost, type TestHost } from '../../../packages/one-machine/test/functions/host.ts';
import { testCredentials } from '../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let broker: RunningBroker;
let storage: Storage;
let producer: StreamProducer;
let host: TestHost;
let poller: StreamPoller | undefined;
let created: string[];

/** Tells what it got; fails as the value says: `stop` by its offset, `throw` all, `twice` for its first two tries; `answer` is its answer. */
const code = `const tries = new Map();
export const handler = async ({ records }) => {
  const all = Object.values(records).flat();
  const value = (record) => record.value === null ? null : Buffer.from(record.value, 'base64').toString();
  console.log(JSON.stringify({ values: all.map(value), partitions: Object.keys(records), first: all[0] }));
  const batchItemFailures = [];
  for (const [partition, list] of Object.entries(records)) {
    const bad = list.find((record) => {
      const text = String(value(record));
      tries.set(text, (tries.get(text) ?? 0) + 1);
      return text.startsWith('stop') || (text.startsWith('twice') && tries.get(text) < 3);
    });
    if (bad) batchItemFailures.push({ itemIdentifier: { partition, offset: bad.offset } });
  }
  if (all.some((record) => String(value(record)).startsWith('throw'))) throw new Error('no');
  if (all.some((record) => String(value(record)).startsWith('strange')) && tries.get('strange') < 2)
    return { batchItemFailures: [{ itemIdentifier: { partition: 'nowhere-0', offset: 0 } }] };
  const answer = all.map((record) => String(value(record))).find((text) => text.startsWith('answer '));
  return answer ? JSON.parse(answer.slice('answer '.length)) : { batchItemFailures };
};`;

const base: StreamSourceModel = {
  id: '11111111-2222-4333-8444-555555555555',
  eventSourceArn: 'arn:aws:kafka:ap-northeast-1:000000000000:cluster/test/local-1',
  topic: 'one',
  functionArn: arnOf('consumer'),
  batchSize: 10,
  windowSeconds: 0.2,
  pollers: 4,
  partialAnswers: true,
  bisects: true,
  retries: 2,
  maximumAgeSeconds: undefined,
  failuresBucket: 'failures',
  startsAt: 'earliest',
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  broker = await startBroker({ directory: join(directory, 'kafka'), onError: (message) => expect.fail(message) });
  storage = await startStorage({
    credentials: [testCredentials],
    directory: join(directory, 'storage'),
    buckets: [{ name: 'failures', versioned: false }],
    queues: [],
  });
  created = [];
  storage.onObjectCreated(async ({ key }) => {
    created.push(key);
  });
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
  await admin.createTopics({ topics: ['one'], partitions: 1, replicas: 1 });
  await admin.createTopics({ topics: ['four'], partitions: 4, replicas: 1 });
  await admin.close();
  producer = streamProducer({ brokers: broker.address, auth: 'none', region: 'ap-northeast-1' });
  host = await startTestHost({ consumer: { code } });
});

afterEach(async () => {
  await poller?.stop();
  poller = undefined;
  await producer.close();
  await host.stop();
  await storage.stop();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

function poll(changes: Partial<StreamSourceModel> = {}): void {
  poller = startStreamPoller({
    source: { ...base, ...changes },
    brokers: broker.address,
    functions: host.host,
    faults: host.faults,
    s3: new S3Client({
      endpoint: storage.s3Url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: testCredentials,
    }),
    onError: () => undefined,
  });
}

const send = (topic: string, ...values: string[]) =>
  producer.send(values.map((value) => ({ topic, value: Buffer.from(value) })));

interface Seen {
  readonly values: readonly (string | null)[];
  readonly partitions: readonly string[];
  readonly first: MSKEvent['records'][string][number];
}

const seen = () => host.lines.filter((line) => line.startsWith('{"values"')).map((line) => JSON.parse(line) as Seen);
const values = () => seen().flatMap((one) => one.values);

test('records arrive in the form MSK gives them, in batches of their partition’s order', async () => {
  const headers = [
    { name: 'trace', value: Buffer.from([200, 1]) },
    { name: 'trace', value: Buffer.from([2]) },
    { name: 'none', value: null },
    { name: 'empty', value: Buffer.alloc(0) },
  ];
  await producer.send([{ topic: 'one', key: Buffer.from('k'), value: Buffer.from('v'), headers }]);
  await producer.send([{ topic: 'one', value: undefined }]);
  poll();

  await vi.waitFor(() => expect(values()).toEqual(['v', null]), { timeout: 600_000 });
  expect(seen()[0]?.first).toEqual({
    topic: 'one',
    partition: 0,
    offset: 0,
    timestamp: expect.any(Number),
    timestampType: 'CREATE_TIME',
    key: Buffer.from('k').toString('base64'),
    value: Buffer.from('v').toString('base64'),
    headers: [{ trace: [-56, 1] }, { trace: [2] }, { none: null }, { empty: [] }],
  });
});

test('a batch is full at its size', async () => {
  await send('one', ...Array.from({ length: 25 }, (_, index) => String(index)));
  poll();

  await vi.waitFor(() => expect(values()).toHaveLength(25), { timeout: 600_000 });
  expect(seen().map((one) => one.values.length)).toEqual([10, 10, 5]);
  expect(values()).toEqual(Array.from({ length: 25 }, (_, index) => String(index)));
});

test('after a partial answer only what failed and what follows it comes again', async () => {
  await send('one', 'a', 'b', 'twice', 'c');
  poll();

  await vi.waitFor(() => expect(seen()).toHaveLength(3), { timeout: 600_000 });
  expect(seen().map((one) => one.values)).toEqual([
    ['a', 'b', 'twice', 'c'],
    ['twice', 'c'],
    ['twice', 'c'],
  ]);
});

test('what keeps failing goes to the bucket alone, whole, and its partition goes on', async () => {
  await send('one', 'a', 'stop', 'b');
  poll();

  await vi.waitFor(() => expect(values().at(-1)).toBe('b'), { timeout: 600_000 });
  await vi.waitFor(() => expect(created).toHaveLength(1), { timeout: 600_000 });
  expect(values().filter((value) => value === 'stop')).toHaveLength(3);
  expect(created[0]).toMatch(new RegExp(`^aws/lambda/${base.id}/\\d{4}/\\d\\d/\\d\\d/`));
});

test('an error halves the batch until the one that throws stands alone', async () => {
  await send('one', 'a', 'b', 'c', 'throw');
  poll({ retries: 0 });

  await vi.waitFor(() => expect(created).toHaveLength(1), { timeout: 600_000 });
  expect(seen().map((one) => one.values)).toEqual([
    ['a', 'b', 'c', 'throw'],
    ['a', 'b'],
    ['c', 'throw'],
    ['c'],
    ['throw'],
  ]);
});

test('an answer about records that were not in the event makes all of them come again', async () => {
  await send('one', 'a', 'strange');
  poll({ bisects: false });

  await vi.waitFor(() => expect(seen()).toHaveLength(2), { timeout: 600_000 });
  expect(seen()[1]?.values).toEqual(['a', 'strange']);
});

test.each(['{"batchItemFailures":null}', 'null', '{}'])('%s is an answer: all is done', async (answer) => {
  await send('one', `answer ${answer}`, 'b');
  poll({ batchSize: 1 });

  await vi.waitFor(() => expect(values()).toEqual([`answer ${answer}`, 'b']), { timeout: 600_000 });
  expect(created).toEqual([]);
});

test.each([
  '"x"',
  '[]',
  '{"batchItemFailures":[null]}',
  '{"batchItemFailures":"x"}',
  '{"batchItemFailures":[{"itemIdentifier":"x"}]}',
])('%s is none: it is tried as often as the mapping says, and its partition goes on', async (answer) => {
  await send('one', `answer ${answer}`, 'b');
  poll({ batchSize: 1, retries: 1 });

  await vi.waitFor(() => expect(values()).toEqual([`answer ${answer}`, `answer ${answer}`, 'b']), { timeout: 600_000 });
  await vi.waitFor(() => expect(created).toHaveLength(1), { timeout: 600_000 });
});

test('without pollers kept ready a partial answer means nothing and an error is tried for ever', async () => {
  await send('one', 'stop', 'b');
  poll({ partialAnswers: false, bisects: false, retries: Number.POSITIVE_INFINITY });
  await vi.waitFor(() => expect(values()).toEqual(['stop', 'b']), { timeout: 600_000 });
  await send('one', 'throw');

  await vi.waitFor(() => expect(values().filter((value) => value === 'throw').length).toBeGreaterThan(3), {
    timeout: 600_000,
  });
  expect(created).toEqual([]);
});

test('records older than the mapping allows are kept in the bucket instead of being handed over', async () => {
  await send('one', 'old');
  await new Promise((resolve) => setTimeout(resolve, 1100));
  poll({ maximumAgeSeconds: 1 });

  await vi.waitFor(() => expect(created).toHaveLength(1), { timeout: 600_000 });
  expect(values()).toEqual([]);
});

test('partitions are worked off side by side: one that fails holds no other back', async () => {
  await producer.send([{ topic: 'four', key: Buffer.from('a'), value: Buffer.from('throw') }]);
  poll({ topic: 'four', retries: Number.POSITIVE_INFINITY });
  await send('four', ...Array.from({ length: 200 }, (_, index) => String(index)));

  await vi.waitFor(() => expect(new Set(values()).size).toBeGreaterThan(150), { timeout: 600_000 });
});

test('after a restart reading goes on behind the last batch that was done', async () => {
  await send('one', 'a', 'b');
  poll();
  // Done is what is committed: stopped before that, the batch would rightly come again.
  const offsets = join(directory, 'kafka', 'offsets.jsonl');
  await vi.waitFor(async () => expect(await readFile(offsets, 'utf8')).toContain('"offset":2'), { timeout: 600_000 });
  await poller?.stop();
  await send('one', 'c');
  poll();

  await vi.waitFor(() => expect(values().at(-1)).toBe('c'), { timeout: 600_000 });
  expect(values()).toEqual(['a', 'b', 'c']);
});
