import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Corrections of problem rows: who, when, before, after. A problem row keeps what the file says in file_raw once somebody
 * has changed raw, so that loading the same file again undoes no correction. Corrections outlive what they corrected. json for the reason that raw is.
 */
export const presaleCorrections: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE presale.problems ADD COLUMN file_raw json, ADD COLUMN corrected_at timestamptz,
        ADD COLUMN corrected_serial varchar(64) COLLATE "C"`.execute(db);
    await sql`
      CREATE TABLE presale.corrections (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run_name text COLLATE "C" NOT NULL,
        letter text COLLATE "C" NOT NULL,
        line_number bigint NOT NULL,
        corrected_by text NOT NULL,
        corrected_at timestamptz NOT NULL,
        -- The version of the file that brought it; null for the API.
        source text,
        before json NOT NULL,
        after json NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('loaded', 'kept-newer', 'problem')),
        reasons json NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX corrections_by_problem ON presale.corrections (run_name, letter, line_number)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON presale.corrections TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
