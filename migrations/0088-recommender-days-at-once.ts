import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Two that make the same day at once: whoever waited for the lock looked into a cache that did not know of the other's
 * table, and failed. The catalogue itself tells what is committed.
 */
export const recommenderDaysAtOnce: Migration = {
  async up(db) {
    await sql`
      CREATE OR REPLACE FUNCTION recommender.make_day(kept text, of_day date) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        part text := kept || '_' || to_char(of_day, 'YYYYMMDD');
      BEGIN
        IF kept NOT IN ('behaviors', 'answers') THEN
          RAISE EXCEPTION 'No table of days: %', kept;
        END IF;
        IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'recommender'::regnamespace AND relname = part) THEN
          RETURN;
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended('recommender.' || part, 0));
        IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'recommender'::regnamespace AND relname = part) THEN
          EXECUTE format('CREATE TABLE recommender.%I (LIKE recommender.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
            part, kept);
          -- Unlike a partition that is created in its place, one that is attached lets readers and writers go on.
          EXECUTE format('ALTER TABLE recommender.%I ATTACH PARTITION recommender.%I FOR VALUES FROM (%L) TO (%L)',
            kept, part, of_day, of_day + 1);
        END IF;
      END
      $$`.execute(db);
  },
  down: forwardOnly,
};
