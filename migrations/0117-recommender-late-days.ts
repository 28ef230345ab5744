import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** The nightly cleanup asks on which days something came too late, of all tenants: without this it reads all of that. */
export const recommenderLateDays: Migration = {
  async up(db) {
    await sql`CREATE INDEX late_behaviors_days ON recommender.late_behaviors (received_at)`.execute(db);
  },
  down: forwardOnly,
};
