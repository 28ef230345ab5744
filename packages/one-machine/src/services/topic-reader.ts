import { Admin, Consumer, ListOffsetTimestamps, Producer } from '@platformatic/kafka';

/** A topic and where its partitions begin and end. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly first: number; readonly end: number }[];
}

/** A record in words. Bytes that are no text are shown as UTF-8, with U+FFFD where they are none. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly at: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string | null }[];
}

export interface ProducedRecord {
  readonly key?: string | undefined;
  readonly value: string | null;
  readonly partition?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a person looks at topics with. */
export interface TopicReader {
  topics(): Promise<readonly TopicState[]>;
  /** So many of the newest of all partitions, newest first. */
  last(topic: string, count: number): Promise<readonly TopicRecord[]>;
  produce(topic: string, record: ProducedRecord): Promise<{ readonly partition: number; readonly offset: number }>;
  close(): Promise<void>;
}

type Bytes = Buffer;

export function topicReader(brokers: string): TopicReader {
  const address = { clientId: 'one-machine-console', bootstrapBrokers: brokers.split(',') };
  const admin = new Admin(address);
  const producer = new Producer<Bytes, Bytes, Bytes, Bytes>(address);
  const stateOf = async (topic: string): Promise<TopicState> => {
    const { topics } = await admin.metadata({ topics: [topic] });
    const count = topics.get(topic)?.partitionsCount ?? 0;
    const at = async (timestamp: bigint) => {
      const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
      const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
      return new Map(listed?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]));
    };
    const [first, end] = [await at(ListOffsetTimestamps.EARLIEST), await at(ListOffsetTimestamps.LATEST)];
    const partitions = Array.from({ length: count }, (_, partition) => ({
      partition,
      first: first.get(partition) ?? 0,
      end: end.get(partition) ?? 0,
    }));
    return { topic, partitions };
  };
  return {
    topics: async () => Promise.all((await admin.listTopics()).toSorted().map(stateOf)),
    last: async (topic, count) => {
      const { partitions } = await stateOf(topic);
      const wanted = partitions.filter(({ first, end }) => end > first);
      const records = await readFrom(
        address,
        topic,
        wanted.map(({ partition, first, end }) => ({ partition, from: Math.max(first, end - count), end })),
      );
      return records.toSorted((a, b) => b.at.localeCompare(a.at) || b.offset - a.offset).slice(0, count);
    },
    produce: async (topic, { key, value, partition, headers }) => {
      const { offsets = [] } = await producer.send({
        messages: [
          {
            topic,
            ...(partition === undefined ? {} : { partition }),
            ...(key === undefined ? {} : { key: Buffer.from(key) }),
            ...(value === null ? {} : { value: Buffer.from(value) }),
            headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
          },
        ],
      });
      const [place] = offsets;
      return { partition: place?.partition ?? 0, offset: Number(place?.offset ?? 0) };
    },
    async close() {
      await producer.close();
      await admin.close();
    },
  };
}

interface Span {
  readonly partition: number;
  readonly from: number;
  readonly end: number;
}

/** All records of these spans, by a consumer that commits nothing. */
async function readFrom(
  address: { readonly clientId: string; readonly bootstrapBrokers: string[] },
  topic: string,
  spans: readonly Span[],
): Promise<TopicRecord[]> {
  if (spans.length === 0) return [];
  const consumer = new Consumer<Bytes, Bytes, Bytes, Bytes>({
    ...address,
    groupId: `one-machine-console-${process.pid}-${performance.now()}`,
    autocommit: false,
    maxWaitTime: 100,
  });
  const left = new Map(spans.map(({ partition, end }) => [partition, end]));
  const offsets = spans.map(({ partition, from }) => ({ topic, partition, offset: BigInt(from) }));
  const records: TopicRecord[] = [];
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'manual', offsets });
    // It could not join its group anew: nothing comes any more.
    consumer.on('error', (error: Error) => stream.destroy(error));
    for await (const message of stream) {
      const { partition, offset, key, value, timestamp, headerEntries } = message;
      records.push({
        partition,
        offset: Number(offset),
        at: new Date(Number(timestamp)).toISOString(),
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
        headers: headerEntries.map(([name, bytes]) => ({ name: name.toString(), value: bytes?.toString() ?? null })),
      });
      if (Number(offset) + 1 >= (left.get(partition) ?? 0)) left.delete(partition);
      if (left.size === 0) return records;
    }
    return records;
  } finally {
    await consumer.close(true);
  }
}
