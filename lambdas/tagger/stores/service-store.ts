import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { TaggerService } from '../contract.ts';
import type { ServiceCounts } from '../ports.ts';

/** How far a topic's partition is done. */
export interface PartitionPosition {
  readonly partition: number;
  /** The first offset that isn't done. */
  readonly next: number;
}

export interface ServiceReader {
  readonly counts: (service: TaggerService) => Promise<ServiceCounts>;
  readonly positions: (service: TaggerService) => Promise<readonly PartitionPosition[]>;
}

/**
 * Counts from the offsets that are done, the pages, and the ledger: three books that must agree. The ledger has a row for
 * each record that was rejected or given up; those outside of what is done so far count with the rest of their partition.
 * Where what was given up couldn't be read, a row stands for its batch, of which the skipped offsets tell no more.
 */
export function serviceReader<T>({ query }: Pick<Database<T>, 'query'>): ServiceReader {
  return {
    async counts({ in: topic }) {
      const { rows } = await sql<ServiceCounts>`
        SELECT coalesce(sum(p.next_offset - p.first_offset), 0)::bigint AS "in",
          coalesce(sum(p.published), 0)::bigint
            + (SELECT coalesce(sum(c.published), 0)::bigint FROM tagger.page_counts c WHERE c.topic = ${topic}) AS "out",
          (SELECT count(*) FROM tagger.pages w WHERE w.topic = ${topic} AND w.state = 'waiting') AS waiting,
          (SELECT count(*) FROM platform.failures f JOIN tagger.partitions d ON d.topic = ${topic}
            AND d.partition = split_part(f.natural_key, ':', 4)::integer
            AND split_part(f.natural_key, ':', 5)::bigint BETWEEN d.first_offset AND d.next_offset - 1
            WHERE f.workload = 'tagger' AND f.source_name = 'tag-messages'
            AND f.natural_key ^@ ${`stream:tagger/tag-messages:${topic}:`} AND f.replay_of IS NULL)
            + least(coalesce(sum(p.skipped), 0)::bigint, (SELECT count(*) FROM platform.failures g
              WHERE g.workload = 'tagger' AND g.source_name = 'tag-messages' AND g.source_kind <> 'stream'
                AND g.replay_of IS NULL))
            + (SELECT coalesce(sum(c.rejected), 0)::bigint FROM tagger.page_counts c WHERE c.topic = ${topic}) AS failed
        FROM tagger.partitions p WHERE p.topic = ${topic}`.execute(query);
      return rows[0] ?? { in: 0, out: 0, waiting: 0, failed: 0 };
    },
    async positions({ in: topic }) {
      const { rows } = await sql<PartitionPosition>`
        SELECT partition, next_offset AS next FROM tagger.partitions WHERE topic = ${topic} ORDER BY partition`.execute(
        query,
      );
      return rows;
    },
  };
}
