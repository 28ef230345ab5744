import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** What a running run waits for, and until when. It means nothing once that moment has passed, or the run has ended. */
export const platformRunWaits: Migration = {
  async up(db) {
    await sql`ALTER TABLE platform.runs ADD waits_for text, ADD waits_until timestamptz`.execute(db);
  },
  down: forwardOnly,
};
