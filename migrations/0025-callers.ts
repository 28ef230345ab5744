import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What the API remembers of its callers: how many requests each may still make, and the passwords of the last minutes
 * with the request each came with. Unlogged: every request writes here, waits for no disk, and what a crash of the
 * server forgets is a minute's worth (docs/decisions/0035-admission-in-one-statement.md).
 */
export const callers: Migration = {
  async up(db) {
    await sql`
      CREATE UNLOGGED TABLE platform.caller_rates (
        -- A user's password, or one token; never the credential itself.
        credential text COLLATE "C" PRIMARY KEY,
        tokens double precision NOT NULL,
        refilled_at timestamptz NOT NULL
      )`.execute(db);
    await sql`
      CREATE UNLOGGED TABLE platform.used_passwords (
        -- Of user and password, SHA-256.
        password bytea PRIMARY KEY,
        -- Of method, path, query and body of the request it came with first, SHA-256.
        request bytea NOT NULL,
        expires_at timestamptz NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX used_passwords_expired ON platform.used_passwords (expires_at)`.execute(db);
    await sql`
      GRANT SELECT, INSERT, UPDATE, DELETE ON platform.caller_rates, platform.used_passwords TO millrace_app`.execute(
      db,
    );
  },
  down: forwardOnly,
};
