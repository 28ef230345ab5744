import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Who changed what of whom among the users of the API; never a password or a token. */
export const platformUserChanges: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE platform.user_changes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        who text COLLATE "C" NOT NULL,
        -- Of the user that was changed; they may be gone by now.
        name text COLLATE "C" NOT NULL,
        what text COLLATE "C" NOT NULL,
        detail text
      )`.execute(db);
    await sql`CREATE INDEX user_changes_by_name ON platform.user_changes (name, id DESC)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.user_changes TO millrace_app`.execute(db);
    // A restore sets the numbers behind those of the rows that came back.
    await sql`GRANT UPDATE ON SEQUENCE platform.user_changes_id_seq TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
