import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Spans of time in which a schedule was paused by a person: its slots in them are not due, then or later. */
export const platformPauses: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.pauses (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        schedule text COLLATE "C" NOT NULL,
        paused_at timestamptz NOT NULL DEFAULT now(),
        paused_by text COLLATE "C" NOT NULL,
        note text,
        resumed_at timestamptz,
        resumed_by text COLLATE "C",
        CONSTRAINT pauses_end CHECK ((resumed_at IS NULL) = (resumed_by IS NULL) AND resumed_at >= paused_at)
      )`.execute(db);
    await sql`CREATE UNIQUE INDEX pauses_open ON platform.pauses (schedule) WHERE resumed_at IS NULL`.execute(db);
    await sql`CREATE INDEX pauses_by_schedule ON platform.pauses (schedule, paused_at)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.pauses TO millrace_app`.execute(db);
    // A restore sets the numbers behind those of the rows that came back.
    await sql`GRANT UPDATE ON SEQUENCE platform.pauses_id_seq TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
