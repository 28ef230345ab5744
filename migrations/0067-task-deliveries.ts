import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Each try to tell a caller what came of a task: `[{"at": "2026-11-29T08:00:00.000Z", "error": null}]`. */
export const taskDeliveries: Migration = {
  async up(db) {
    await sql`ALTER TABLE tasks.tasks ADD COLUMN deliveries jsonb NOT NULL DEFAULT '[]'`.execute(db);
  },
  down: forwardOnly,
};
