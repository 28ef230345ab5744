import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** How far each partition is, and which messages wait for their page: what came in can be held against what went out. */
export const tagger: Migration = {
  async up(db) {
    await sql`CREATE SCHEMA tagger`.execute(db);
    await sql`
      CREATE TABLE tagger.partitions (
        topic text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        -- Offsets from the first to before the next are done: published, in the ledger, or waiting for a page.
        first_offset bigint NOT NULL,
        next_offset bigint NOT NULL CHECK (next_offset > first_offset),
        -- Without pages.
        published bigint NOT NULL,
        -- Passed over by the pollers: given up, which is in the ledger, or deleted before anybody read them.
        skipped bigint NOT NULL DEFAULT 0,
        changed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (topic, partition)
      )`.execute(db);
    await sql`
      CREATE TABLE tagger.pages (
        topic text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        record_offset bigint NOT NULL,
        url text NOT NULL,
        state text COLLATE "C" NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'published', 'rejected')),
        asked_at timestamptz NOT NULL DEFAULT now(),
        done_at timestamptz,
        PRIMARY KEY (topic, partition, record_offset),
        CONSTRAINT pages_done CHECK ((state = 'waiting') = (done_at IS NULL))
      )`.execute(db);
    await sql`CREATE INDEX pages_waiting ON tagger.pages (topic) WHERE state = 'waiting'`.execute(db);
    await sql`CREATE INDEX pages_done ON tagger.pages (done_at) WHERE state <> 'waiting'`.execute(db);
    // Pages that are done are forgotten after a while, how many they were is not.
    await sql`
      CREATE TABLE tagger.page_counts (
        topic text COLLATE "C" NOT NULL,
        partition integer NOT NULL,
        published bigint NOT NULL DEFAULT 0,
        rejected bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (topic, partition)
      )`.execute(db);
    await sql`GRANT USAGE ON SCHEMA tagger TO millrace_app`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tagger TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
