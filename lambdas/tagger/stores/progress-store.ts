import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { storableText } from '#kit/text/storable.ts';
import type { PageRequest, Progress } from '../ports.ts';

// Done pages are remembered while their message may come again: Kafka and SQS both forget sooner.
const remembered = sql`interval '8 days'`;

/** How far the tagger is, in the database. Said twice is counted once: by offset, and by the page's own row. */
export function progressStore<T>({ query }: Pick<Database<T>, 'query'>): Progress {
  return {
    asked: async (requests) => {
      await sql`DELETE FROM tagger.pages WHERE state <> 'waiting' AND done_at < now() - ${remembered}`.execute(query);
      await sql`
        INSERT INTO tagger.pages (topic, partition, record_offset, url)
        SELECT * FROM unnest(${column(requests, ({ record }) => record.topic)}::text[],
          ${column(requests, ({ record }) => record.partition)}::integer[],
          ${column(requests, ({ record }) => record.offset)}::bigint[],
          ${column(requests, ({ url }) => storableText(url))}::text[])
        ON CONFLICT DO NOTHING`.execute(query);
    },
    done: async (places, published) => {
      const [first] = places;
      if (!first) return;
      const offsets = places.map(({ offset }) => offset);
      await sql`
        INSERT INTO tagger.partitions AS known (topic, partition, first_offset, next_offset, published)
        VALUES (${first.topic}, ${first.partition}, ${Math.min(...offsets)}, ${Math.max(...offsets) + 1},
          ${new Set(published.map(({ offset }) => String(offset))).size})
        ON CONFLICT (topic, partition) DO UPDATE SET
          first_offset = least(known.first_offset, excluded.first_offset),
          skipped = known.skipped + greatest(0, excluded.first_offset - known.next_offset),
          next_offset = greatest(known.next_offset, excluded.next_offset),
          published = known.published + (
            SELECT count(DISTINCT record_offset) FROM unnest(${published.map(({ offset }) => offset)}::bigint[]) AS gone (record_offset)
            WHERE gone.record_offset >= known.next_offset),
          changed_at = now()`.execute(query);
    },
    pageDone: async ({ topic, partition, offset }, state) => {
      await sql`
        WITH done AS (
          UPDATE tagger.pages SET state = ${state}, done_at = now()
          WHERE topic = ${topic} AND partition = ${partition} AND record_offset = ${offset} AND state = 'waiting'
          RETURNING topic, partition, state)
        INSERT INTO tagger.page_counts AS known (topic, partition, published, rejected)
        SELECT topic, partition, (state = 'published')::integer, (state = 'rejected')::integer FROM done
        ON CONFLICT (topic, partition) DO UPDATE SET
          published = known.published + excluded.published,
          rejected = known.rejected + excluded.rejected`.execute(query);
    },
  };
}

function column<V>(requests: readonly PageRequest[], of: (request: PageRequest) => V): V[] {
  return requests.map(of);
}
