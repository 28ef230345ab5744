import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Admin, Consumer, type Message } from '@platformatic/kafka';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OutgoingRecord, RecordTooLargeError, type StreamProducer, streamProducer } from '#adapters/stream.ts';
import { UnavailableError } from '#kit/errors.ts';

let directory: string;
let broker: RunningBroker;
let producer: StreamProducer;

const brokerIn = (folder: string, port?: number) =>
  startBroker({
    directory: folder,
    ...(port === undefined ? {} : { port }),
    onError: (message) => expect.fail(message),
  });
const producerFor = (brokers: string, maxBufferedBytes?: number) =>
  streamProducer({
    brokers,
    auth: 'none',
    region: 'ap-northeast-1',
    ...(maxBufferedBytes === undefined ? {} : { maxBufferedBytes }),
  });

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-stream-'));
  broker = await brokerIn(directory);
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
  for (const topic of ['whole', 'order', 'order-narrow', 'many', 'large', 'restart', 'back', 'placed', 'keyed'])
    await admin.createTopics({
      topics: [topic],
      partitions: ['many', 'placed', 'keyed'].includes(topic) ? 4 : 1,
      replicas: 1,
    });
  await admin.close();
  producer = producerFor(broker.address);
});

afterAll(async () => {
  await producer.close();
  await broker.stop();
  await rm(directory, { recursive: true });
});

async function readAll(topic: string, count: number): Promise<readonly Message[]> {
  const consumer = new Consumer({
    clientId: 'test',
    groupId: `read-${topic}`,
    bootstrapBrokers: [broker.address],
    retries: 5,
  });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxWaitTime: 100 });
  const seen: Message[] = [];
  for await (const message of stream) if (seen.push(message) >= count) break;
  await consumer.close(true);
  return seen;
}

const numbered = (topic: string, count: number, from = 0): OutgoingRecord[] =>
  Array.from({ length: count }, (_, index) => ({ topic, value: Buffer.from(String(from + index)) }));

test('a record arrives with its key, and with headers of one name in their order', async () => {
  const headers = ['one', 'two'].map((text) => ({ name: 'seen', value: Buffer.from(text) }));
  await producer.send([
    { topic: 'whole', key: Buffer.from('k'), value: Buffer.from('v'), headers },
    { topic: 'whole', key: Buffer.from('k'), value: undefined },
  ]);
  const [first, tombstone] = await readAll('whole', 2);

  expect([first?.key, first?.value].map(String)).toEqual(['k', 'v']);
  expect(first?.headerEntries.map(([name, value]) => [String(name), String(value)])).toEqual([
    ['seen', 'one'],
    ['seen', 'two'],
  ]);
  expect(tombstone?.value ?? null).toBeNull();
});

test('what is sent at once stays in the order it was sent in', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, index) => producer.send(numbered('order', 20, index * 20))));
  const seen = await readAll('order', 1000);

  expect(seen.map(({ value }) => Number(value))).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});

test('a record goes into the partition that is asked for, whatever its key', async () => {
  const wanted = [3, 0, 2, 3, 1, 0];
  await producer.send(
    wanted.map((partition, index) => ({
      topic: 'placed',
      partition,
      key: Buffer.from('k'),
      value: Buffer.from([index]),
    })),
  );
  const seen = await readAll('placed', wanted.length);

  expect(seen.map(({ partition, value }) => [value[0], partition]).toSorted()).toEqual(
    wanted.map((partition, index) => [index, partition]),
  );
});

test('without one, records of a key share a partition, in their order', async () => {
  const keys = Array.from({ length: 20 }, (_, index) => `k${index % 5}`);
  await producer.send(
    keys.map((key, index) => ({ topic: 'keyed', key: Buffer.from(key), value: Buffer.from([index]) })),
  );
  const seen = await readAll('keyed', keys.length);

  for (const key of new Set(keys)) {
    const own = seen.filter((record) => String(record.key) === key);
    expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
    expect(own.map(({ value }) => value[0])).toEqual(keys.flatMap((one, index) => (one === key ? [index] : [])));
  }
});

test('a buffer that is full makes senders wait, and loses nothing', async () => {
  const narrow = producerFor(broker.address, 4096);
  await Promise.all(Array.from({ length: 100 }, (_, index) => narrow.send(numbered('many', 10, index * 10))));
  await narrow.close();
  const seen = await readAll('many', 1000);

  expect(new Set(seen.map(({ value }) => Number(value))).size).toBe(1000);
});

test('whoever waits for room is overtaken by nobody, however little that one has', async () => {
  const narrow = producerFor(broker.address, 4096);
  const sizes = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 3500 : 1));
  await Promise.all(
    sizes.map((size, index) => narrow.send([{ topic: 'order-narrow', value: Buffer.alloc(size, index) }])),
  );
  await narrow.close();
  const seen = await readAll('order-narrow', sizes.length);

  expect(seen.map(({ value }) => value[0])).toEqual(sizes.map((_, index) => index));
});

test('a record that no topic takes is told apart from its neighbours, which arrive', async () => {
  // Noise: nothing makes it smaller.
  const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(20_000)));
  // But to say the same again within gzip's 32 KiB.
  const large = producer.send([{ topic: 'large', value: Buffer.concat(Array.from({ length: 90 }, () => noise)) }]);
  const noisy = producer.send([{ topic: 'large', value: Buffer.concat(randomBlocks(30)) }]);
  const small = producer.send(numbered('large', 1));

  await expect(noisy).rejects.toBeInstanceOf(RecordTooLargeError);
  await expect(Promise.all([large, small])).resolves.toBeDefined();
});

test('a broker that comes back in time is waited for', async () => {
  await producer.send(numbered('restart', 1));
  await broker.stop();
  const sending = producer.send(numbered('restart', 1, 1));
  broker = await brokerIn(directory, broker.port);
  await sending;

  expect((await readAll('restart', 2)).map(({ value }) => Number(value))).toEqual([0, 1]);
});

test('a broker that stays away is an error, not a loss', async () => {
  const lonely = producerFor('127.0.0.1:1');

  await expect(lonely.send(numbered('whole', 1))).rejects.toBeInstanceOf(UnavailableError);
});

test('after such an error the same producer goes on when the broker is back, and nothing is doubled or lost', async () => {
  await producer.send(numbered('back', 1));
  await broker.stop();
  await expect(producer.send(numbered('back', 1, 1))).rejects.toBeInstanceOf(UnavailableError);
  broker = await brokerIn(directory, broker.port);
  await producer.send(numbered('back', 1, 1));
  await producer.send(numbered('back', 1, 2));

  expect((await readAll('back', 3)).map(({ value }) => Number(value))).toEqual([0, 1, 2]);
}, 600_000);

function randomBlocks(count: number): Buffer[] {
  return Array.from({ length: count }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))));
}
