import { randomUUID } from 'node:crypto';
import { apacheMissing, startApache } from '../packages/one-machine/test/support/kafka/apache.ts';
import type { BrokerUnderTest } from '../packages/one-machine/test/support/kafka/broker-under-test.ts';
import { clientsOf } from '../packages/one-machine/test/support/kafka/clients.ts';
import { startEmbedded } from '../packages/one-machine/test/support/kafka/embedded.ts';
import { type Benchmark, type Figure, figure, say, seconds } from './figures.ts';

const runs = 3;
const records = 200_000;
const perRequest = 1000;
// A tagger's message without a page.
const value = Buffer.from(
  JSON.stringify({ id: 1, type: 1, text: 'A headline of some fifty letters, four times over. '.repeat(4) }),
);

/** The embedded broker beside Apache Kafka, each in a process of its own, by the client of our handlers. */
export const benchmark: Benchmark = {
  title: `Kafka: ${records.toLocaleString('en')} records of ${value.length} bytes in 4 partitions, ${perRequest} a request`,
  async measure() {
    const figures = await measureBroker('embedded', startEmbedded);
    if (apacheMissing === undefined) figures.push(...(await measureBroker('Apache Kafka', startApache)));
    else say(`  without Apache Kafka: this machine lacks ${apacheMissing}`);
    return figures;
  },
};

async function measureBroker(name: string, start: () => Promise<BrokerUnderTest>): Promise<Figure[]> {
  const broker = await start();
  const clients = clientsOf(broker.brokers);
  const rates: Record<'none' | 'zstd' | 'read', number[]> = { none: [], zstd: [], read: [] };
  try {
    for (let run = 1; run <= runs; run += 1) {
      for (const compression of ['none', 'zstd'] as const) {
        const topic = await clients.topic(`bench-${randomUUID()}`, 4);
        const producer = clients.producer(compression);
        rates[compression].push(records / (await seconds(() => produce(producer, topic))));
        if (compression === 'none') rates.read.push(records / (await seconds(() => clients.read(topic, records))));
      }
      say(`  ${name}: round ${run} of ${runs}`);
    }
  } finally {
    await clients.close();
    await broker.stop();
  }
  return [
    figure(`${name}: produce, uncompressed`, 'records/s', rates.none),
    figure(`${name}: produce, zstd`, 'records/s', rates.zstd),
    figure(`${name}: consume, one by one`, 'records/s', rates.read),
  ];
}

async function produce(producer: ReturnType<ReturnType<typeof clientsOf>['producer']>, topic: string): Promise<void> {
  for (let sent = 0; sent < records; sent += perRequest) {
    const messages = Array.from({ length: perRequest }, (_, index) => ({
      topic,
      key: Buffer.from(String(sent + index)),
      value,
    }));
    await producer.send({ messages });
  }
}
