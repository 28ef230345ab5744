import { type Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import { UnavailableError } from '#kit/errors.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { adminOf } from './admin.ts';

/** Who reads a topic, and the consumer group that remembers how far. */
export interface TopicReader {
  readonly topic: string;
  readonly group: string;
  readonly reader: string;
}

/** A topic with what it holds, and how many of its records each reader has not done yet. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly first: number; readonly end: number }[];
  readonly readers: readonly { readonly reader: string; readonly lag: number }[];
}

/** Looks at topics and their readers. Throws an {@link UnavailableError} while the broker is away. */
export function topicStates(
  address: KafkaEnv,
  { topics, readers }: { readonly topics: readonly string[]; readonly readers: readonly TopicReader[] },
): () => Promise<readonly TopicState[]> {
  return async () => {
    const admin = adminOf(address);
    try {
      const done = await committedOf(admin, readers);
      return await Promise.all(topics.map((topic) => stateOf(admin, topic, { done, readers })));
    } catch (cause) {
      throw new UnavailableError('Kafka did not say how far its topics are read', { cause });
    } finally {
      await admin.close();
    }
  };
}

type Committed = ReadonlyMap<string, number>;

const placeOf = (group: string, topic: string, partition: number) => `${group} ${topic} ${partition}`;

/** The offset behind the last record that each group has done; -1 where it has done none. */
async function committedOf(admin: Admin, readers: readonly TopicReader[]): Promise<Committed> {
  if (readers.length === 0) return new Map();
  const groups = await admin.listConsumerGroupOffsets({ groups: [...new Set(readers.map(({ group }) => group))] });
  return new Map(
    groups.flatMap(({ groupId, topics }) =>
      topics.flatMap(({ name, partitions }) =>
        partitions.map(
          ({ partitionIndex, committedOffset }) =>
            [placeOf(groupId, name, partitionIndex), Number(committedOffset)] as const,
        ),
      ),
    ),
  );
}

async function stateOf(
  admin: Admin,
  topic: string,
  { done, readers }: { readonly done: Committed; readonly readers: readonly TopicReader[] },
): Promise<TopicState> {
  const count = (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount ?? 0;
  const at = async (timestamp: bigint) => {
    const wanted = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] });
    return new Map(listed?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]));
  };
  const [firsts, ends] = [await at(ListOffsetTimestamps.EARLIEST), await at(ListOffsetTimestamps.LATEST)];
  const partitions = Array.from({ length: count }, (_, partition) => {
    return { partition, first: firsts.get(partition) ?? 0, end: ends.get(partition) ?? 0 };
  });
  const own = readers.filter((one) => one.topic === topic);
  const behind = own.map(({ group, reader }) => ({
    reader,
    // Who has done nothing yet has all that the topic still holds before it.
    lag: partitions.reduce((sum, { partition, first, end }) => {
      return sum + Math.max(0, end - Math.max(first, done.get(placeOf(group, topic, partition)) ?? first));
    }, 0),
  }));
  return { topic, partitions, readers: behind };
}
