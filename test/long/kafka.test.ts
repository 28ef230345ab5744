import { describe, expect, test } from 'vitest';
import { apacheMissing, startApache } from '../../packages/one-machine/test/support/kafka/apache.ts';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import { startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { counted, lengths } from '../support/lengths.ts';

const records = lengths.records;
const perRequest = 5000;
// All records are unpacked at once: on a busy machine minutes go by in which their reader says nothing to its group.
const sessionMs = 15 * 60_000;

describe.each([
  { name: 'the embedded broker', start: startEmbedded, missing: undefined },
  { name: 'Apache Kafka', start: startApache, missing: apacheMissing },
])('$name', ({ start, missing }) => {
  const without = missing === undefined ? '' : ` (skipped: this machine lacks ${missing})`;

  test.skipIf(missing)(
    `carries ${counted(records)} small records, each once, killed in the middle${without}`,
    async () => {
      const broker = await start();
      const clients = clientsOf(broker.brokers);
      try {
        const topic = await clients.topic('many', 4);
        const producer = clients.producer('lz4');
        for (let sent = 0; sent < records; sent += perRequest) {
          if (sent === records / 2) await broker.restart('SIGKILL');
          const messages = Array.from({ length: perRequest }, (_, index) => ({
            topic,
            key: Buffer.from(String(sent + index)),
            value: Buffer.from(String(sent + index)),
          }));
          await producer.send({ messages });
        }
        const seen = new Uint8Array(records);
        const latest = new Map<number, number>();
        const consumer = clients.consumer('many', sessionMs);
        const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
        let count = 0;
        for await (const { value, partition } of stream) {
          const number = Number(value);
          seen[number] = (seen[number] ?? 0) + 1;
          if (number <= (latest.get(partition) ?? -1)) throw new Error(`${number} came out of its order`);
          latest.set(partition, number);
          count += 1;
          if (count === records) break;
        }

        expect(seen.every((times) => times === 1)).toBe(true);
        expect((await consumer.listOffsets({ topics: [topic] })).get(topic)?.reduce((sum, one) => sum + one)).toBe(
          BigInt(records),
        );
      } finally {
        await clients.close();
        await broker.stop();
      }
    },
  );
});
