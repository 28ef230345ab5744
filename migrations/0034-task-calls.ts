import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Which question of a long task is open: its answer may come twice, and a turn's word of the next one may be lost. */
export const taskCalls: Migration = {
  async up(db) {
    // One more with each question, and one more with its answer.
    await sql`ALTER TABLE tasks.tasks ADD COLUMN calls integer NOT NULL DEFAULT 0`.execute(db);
  },
  down: forwardOnly,
};
