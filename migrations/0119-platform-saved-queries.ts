import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Queries that people have given a name, for everybody who may ask. */
export const platformSavedQueries: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.saved_queries (
        name text COLLATE "C" PRIMARY KEY,
        sql text NOT NULL,
        saved_by text COLLATE "C" NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.saved_queries TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
