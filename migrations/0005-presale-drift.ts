import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Columns of the ministry's files that nobody knew, each with the run that saw it first: it is told once. */
export const presaleDrift: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE presale.headers (
        name text COLLATE "C" PRIMARY KEY,
        run_name text COLLATE "C" NOT NULL,
        run_id text NOT NULL,
        letter text COLLATE "C" NOT NULL,
        seen_at timestamptz NOT NULL
      )`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON presale.headers TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
