import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Passwords of the moment are no longer remembered: every request within their 60 s is let in
 * (docs/decisions/0061-passwords-serve-their-minute.md).
 */
export const callersWithoutMemory: Migration = {
  async up(db) {
    await sql`DROP TABLE platform.used_passwords`.execute(db);
  },
  down: forwardOnly,
};
