import { Consumer, type MessageToProduce, Producer } from '@platformatic/kafka';

type Bytes = Buffer;

/** A record as a client of ours reads it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly value: Buffer;
  readonly headers: readonly (readonly [string, string])[];
}

/** A consumer of a topic that keeps all it has read, in the order it came. */
export interface Reading {
  readonly records: readonly ReadRecord[];
  stop(): Promise<void>;
}

/** Reads a topic from its beginning, as a client outside does. */
export async function readTopic(brokers: string, topic: string): Promise<Reading> {
  const consumer = new Consumer<Bytes, Bytes, Bytes, Bytes>({
    clientId: 'test',
    groupId: `test-${process.pid}-${performance.now()}`,
    bootstrapBrokers: brokers.split(','),
    autocommit: false,
    maxWaitTime: 100,
  });
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
  // Its group forgot it, as on a busy machine, and is gone meanwhile: what it has read is read.
  consumer.on('error', () => undefined);
  const records: ReadRecord[] = [];
  stream.on('data', ({ partition, offset, key, value, headerEntries }) => {
    records.push({
      partition,
      offset: Number(offset),
      key: key?.toString(),
      value: value ?? Buffer.alloc(0),
      headers: headerEntries.map(([name, bytes]) => [name.toString(), bytes.toString('latin1')] as const),
    });
  });
  return { records, stop: () => consumer.close(true) };
}

/** Puts records there and resolves to their offsets, in their order when all go to one partition. */
export function producerTo(brokers: string) {
  const producer = new Producer<Bytes, Bytes, Bytes, Bytes>({ clientId: 'test', bootstrapBrokers: brokers.split(',') });
  return {
    send: async (messages: MessageToProduce<Bytes, Bytes, Bytes, Bytes>[]) => {
      const { offsets = [] } = await producer.send({ messages, acks: -1 });
      return offsets.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
    },
    close: () => producer.close(),
  };
}
