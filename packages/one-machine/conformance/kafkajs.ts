import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { withServices } from './machine.ts';
import type { Outcome } from './outcome.ts';

const { version } = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('kafkajs/package.json'), 'utf8'),
) as { version: string };

type Trial = (kafka: Kafka) => Promise<void>;

/** The broker, by the client that most Node.js programs use. */
export async function tryKafkajs(): Promise<Outcome[]> {
  const different: string[] = [];
  await withServices(async ({ kafka: broker }) => {
    const kafka = new Kafka({ clientId: 'conformance', brokers: [broker], logLevel: logLevel.NOTHING });
    for (const [name, trial] of Object.entries(trials)) {
      await trial(kafka).catch((error: unknown) => different.push(`${name}: ${String(error)}`));
    }
  });
  const tried = Object.keys(trials).length;
  return [
    {
      area: 'Kafka: kafkajs',
      against: `kafkajs ${version}`,
      tried,
      equal: tried - different.length,
      refused: [],
      different,
    },
  ];
}

const trials: Readonly<Record<string, Trial>> = {
  'a topic is made, described and removed': async (kafka) => {
    await withAdmin(kafka, async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'made', numPartitions: 3 }] });
      const { topics } = await admin.fetchTopicMetadata({ topics: ['made'] });
      expectSame(topics[0]?.partitions.length, 3);
      await admin.deleteTopics({ topics: ['made'] });
      expectSame((await admin.listTopics()).includes('made'), false);
    });
  },
  'records come back in order with key and headers': (kafka) => roundTrip(kafka, 'plain', CompressionTypes.None),
  'records come back from gzip': (kafka) => roundTrip(kafka, 'gzip', CompressionTypes.GZIP),
  'a group goes on where it committed': async (kafka) => {
    await send(kafka, 'committed', ['a', 'b', 'c'], CompressionTypes.None);
    const first = await read(kafka, 'committed', 3, 'readers');
    await send(kafka, 'committed', ['d'], CompressionTypes.None);
    expectSame(
      [...first, ...(await read(kafka, 'committed', 1, 'readers'))].map(({ value }) => value).join(),
      'a,b,c,d',
    );
  },
  'offsets are told by time': async (kafka) => {
    await send(kafka, 'timed', ['a', 'b'], CompressionTypes.None);
    await withAdmin(kafka, async (admin) => {
      expectSame((await admin.fetchTopicOffsetsByTimestamp('timed', 0))[0]?.offset, '0');
      expectSame((await admin.fetchTopicOffsets('timed'))[0]?.high, '2');
    });
  },
};

async function withAdmin(kafka: Kafka, work: (admin: ReturnType<Kafka['admin']>) => Promise<void>): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function roundTrip(kafka: Kafka, topic: string, compression: CompressionTypes): Promise<void> {
  const values = Array.from({ length: 50 }, (_, index) => `value ${index}`);
  await send(kafka, topic, values, compression);
  const seen = await read(kafka, topic, values.length, `of ${topic}`);
  expectSame(seen.map(({ value }) => value).join(), values.join());
  expectSame(
    seen.every(({ key, header }) => key === 'k' && header === 'h'),
    true,
  );
}

async function send(kafka: Kafka, topic: string, values: readonly string[], compression: CompressionTypes) {
  await withAdmin(kafka, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  try {
    await producer.send({
      topic,
      compression,
      messages: values.map((value) => ({ key: 'k', value, headers: { h: 'h' } })),
    });
  } finally {
    await producer.disconnect();
  }
}

async function read(kafka: Kafka, topic: string, count: number, groupId: string) {
  const consumer = kafka.consumer({ groupId });
  const seen: { key: string | undefined; value: string | undefined; header: string | undefined }[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push({
          key: message.key?.toString(),
          value: message.value?.toString(),
          header: message.headers?.h?.toString(),
        });
        if (seen.length === count) resolve();
      },
    });
    await promise;
  } finally {
    await consumer.disconnect();
  }
  return seen;
}

function expectSame(got: unknown, wanted: unknown): void {
  if (got !== wanted) throw new Error(`${String(got)} is not ${String(wanted)}`);
}
