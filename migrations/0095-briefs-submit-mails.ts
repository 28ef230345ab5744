import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** A mail about a submission that found no queue is owed, and written down as owed until it is sent. */
export const briefsSubmitMails: Migration = {
  async up(db) {
    await sql`ALTER TABLE briefs.briefs ADD COLUMN submit_told_at timestamptz`.execute(db);
    await sql`UPDATE briefs.briefs SET submit_told_at = created_at`.execute(db);
    await sql`CREATE INDEX briefs_submit_untold ON briefs.briefs (created_at) WHERE submit_told_at IS NULL`.execute(db);
  },
  down: forwardOnly,
};
