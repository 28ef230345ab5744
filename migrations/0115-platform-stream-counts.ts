import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What came by streams and what became of it, by the hour: a stream has no runs that could be counted. The tagger's own
 * counters count a message once however often it is told, so their differences are what is added, in the same transaction.
 */
export const platformStreamCounts: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.stream_counts (
        workload text COLLATE "C" NOT NULL,
        source text COLLATE "C" NOT NULL,
        -- Where the hour begins.
        at timestamptz NOT NULL,
        -- Nothing where nobody counts positions: then all that came is out, filtered or failed.
        rows_in bigint,
        rows_out bigint NOT NULL,
        rows_filtered bigint NOT NULL,
        -- Without those that the ledger has under the stream's own name.
        rows_failed bigint NOT NULL,
        PRIMARY KEY (workload, source, at)
      )`.execute(db);
    await sql`CREATE INDEX stream_counts_by_time ON platform.stream_counts (at)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.stream_counts TO millrace_app`.execute(db);
    await sql`
      CREATE FUNCTION platform.count_stream(of_workload text, of_source text, taken bigint, gone bigint,
        left_out bigint, rejected bigint) RETURNS void
      LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
        INSERT INTO platform.stream_counts AS known (workload, source, at, rows_in, rows_out, rows_filtered, rows_failed)
        VALUES (of_workload, of_source, date_trunc('hour', now(), 'UTC'), taken, gone, left_out, rejected)
        ON CONFLICT (workload, source, at) DO UPDATE SET rows_in = known.rows_in + excluded.rows_in,
          rows_out = known.rows_out + excluded.rows_out, rows_filtered = known.rows_filtered + excluded.rows_filtered,
          rows_failed = known.rows_failed + excluded.rows_failed
      $$`.execute(db);
    await countTagged(db);
  },
  down: forwardOnly,
};

async function countTagged(db: Parameters<Migration['up']>[0]): Promise<void> {
  await sql`
    CREATE FUNCTION tagger.count_partition() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      PERFORM platform.count_stream('tagger', 'tag-messages',
        NEW.next_offset - NEW.first_offset - coalesce(OLD.next_offset - OLD.first_offset, 0),
        NEW.published - coalesce(OLD.published, 0), 0, 0);
      RETURN NULL;
    END
    $$`.execute(db);
  await sql`
    CREATE FUNCTION tagger.count_page() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      -- It came in with its partition.
      PERFORM platform.count_stream('tagger', 'tag-messages', 0, NEW.published - coalesce(OLD.published, 0), 0,
        NEW.rejected - coalesce(OLD.rejected, 0));
      RETURN NULL;
    END
    $$`.execute(db);
  await sql`
    CREATE TRIGGER counted AFTER INSERT OR UPDATE ON tagger.partitions
      FOR EACH ROW EXECUTE FUNCTION tagger.count_partition()`.execute(db);
  await sql`
    CREATE TRIGGER counted AFTER INSERT OR UPDATE ON tagger.page_counts
      FOR EACH ROW EXECUTE FUNCTION tagger.count_page()`.execute(db);
}
