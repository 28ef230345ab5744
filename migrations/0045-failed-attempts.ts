import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Wrong passwords by name and address, for a minute after the last. Unlogged as the other two tables of callers are: what
 * a crash of the server forgets is thirty guesses (docs/decisions/0049-wrong-passwords-are-counted-once.md).
 */
export const failedAttempts: Migration = {
  async up(db) {
    await sql`
      CREATE UNLOGGED TABLE platform.failed_attempts (
        -- Of address and name, SHA-256; only of names that somebody has.
        pair bytea PRIMARY KEY,
        failures integer NOT NULL,
        last_at timestamptz NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX failed_attempts_last ON platform.failed_attempts (last_at)`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.failed_attempts TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
