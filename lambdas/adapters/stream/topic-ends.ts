import { ListOffsetTimestamps } from '@platformatic/kafka';
import { UnavailableError } from '#kit/errors.ts';
import type { KafkaEnv } from '#kit/stream/env.ts';
import { adminOf } from './admin.ts';

/** The offset behind the last record of a partition. */
export interface PartitionEnd {
  readonly partition: number;
  readonly end: number;
}

/** How far a topic reaches, partition by partition. Throws an {@link UnavailableError} while the broker is away. */
export function topicEnds(address: KafkaEnv): (topic: string) => Promise<readonly PartitionEnd[]> {
  return async (topic) => {
    const admin = adminOf(address);
    try {
      const { topics } = await admin.metadata({ topics: [topic] });
      const partitions = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, partitionIndex) => ({
        partitionIndex,
        timestamp: ListOffsetTimestamps.LATEST,
      }));
      const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
      return (listed?.partitions ?? []).map(({ partitionIndex, offset }) => ({
        partition: partitionIndex,
        end: Number(offset),
      }));
    } catch (cause) {
      throw new UnavailableError(`Kafka did not say how far ${topic} reaches`, { cause });
    } finally {
      await admin.close();
    }
  };
}
