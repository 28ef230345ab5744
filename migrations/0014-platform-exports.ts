import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What exporting and restoring tables needs beside their rows: which migration the database is at, and that numbers
 * given out later are beyond those that came back.
 */
export const platformExports: Migration = {
  async up(db) {
    await sql`GRANT SELECT ON kysely_migration TO millrace_app`.execute(db);
    await sql`GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA presale, platform TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
