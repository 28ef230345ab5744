import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Admin, Consumer } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Compression, compressions } from '../../../../lambdas/kit/stream/compression.ts';
import { taggerServices } from '../../../../lambdas/tagger/contract.ts';
import { publisher } from '../../../../lambdas/tagger/stores/publisher-topic.ts';
import { pythonWith, runPython } from '../../../support/python.ts';

let directory: string;
let broker: RunningBroker;

const services = taggerServices.parse(['wx', ...compressions.slice(1).map((name) => ({ name, compression: name }))]);
const outOf = (packing: Compression) => services.find(({ compression }) => compression === packing)?.out ?? '';
// Enough of one kind that packing it is worth something.
const values = Array.from({ length: 200 }, (_, at) => JSON.stringify({ text: `預售 ${at} ${'字'.repeat(50)}` }));

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-publisher-'));
  broker = await startBroker({ directory, onError: (message) => expect.fail(message) });
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
  await admin.createTopics({ topics: services.map(({ out }) => out), partitions: 1, replicas: 1 });
  await admin.close();
  const publish = publisher({
    KAFKA_BROKERS: broker.address,
    KAFKA_AUTH: 'none',
    KAFKA_REGION: 'ap-northeast-1',
    TAGGER_SERVICES: services,
  });
  // Records of all services in one batch, as a function gets them of several topics.
  await publish(
    services.flatMap(({ in: topic }) =>
      values.map((value, offset) => ({
        source: { topic, partition: 0, offset },
        key: undefined,
        value: Buffer.from(value),
        headers: [],
      })),
    ),
  );
});

afterAll(async () => {
  await broker?.stop();
  await rm(directory, { recursive: true });
});

test('a service that says nothing packs its output as every client can unpack it', () => {
  expect(outOf('gzip')).toBe('wx.messages.tagged');
  expect(() => taggerServices.parse([{ name: 'a', compression: 'brotli' }])).toThrow('compression');
});

test.each(compressions)('%s: the topic is packed so, and our own client reads it', async (packing) => {
  const consumer = new Consumer({ clientId: 'test', groupId: `own-${packing}`, bootstrapBrokers: [broker.address] });
  const topics = [outOf(packing)];
  const stream = await consumer.consume({ topics, mode: 'earliest', autocommit: false, maxWaitTime: 100 });
  const seen: string[] = [];
  for await (const { value } of stream) if (seen.push(String(value)) >= values.length) break;
  await consumer.close(true);

  expect(seen).toEqual(values);
});

test.each(['gzip', 'none'] as const)('%s: kafkajs reads it as it is installed', async (packing) => {
  const consumer = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).consumer({
    groupId: `js-${packing}`,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: outOf(packing), fromBeginning: true });
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      if (seen.push(String(message.value)) >= values.length) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();

  expect(seen).toEqual(values);
});

const clients = { kafka: ['gzip', 'none'], confluent_kafka: compressions } as const;
for (const [name, packings] of Object.entries(clients)) {
  const python = await pythonWith(name);
  const reason = 'missing' in python ? ` (skipped: ${python.missing})` : '';
  test.skipIf('missing' in python).each(packings)(`%s: Python’s ${name} reads it${reason}`, async (packing) => {
    const read = await runPython(python, 'read_topic.py', [
      name,
      broker.address,
      outOf(packing),
      String(values.length),
    ]);

    expect(read).toEqual(values);
  });
}
