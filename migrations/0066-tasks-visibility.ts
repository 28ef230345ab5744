import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Who may read a task beside its owner and admins, nobody for those there are; and the number existing clients know it by. */
export const tasksVisibility: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE tasks.tasks
        ADD COLUMN visibility text COLLATE "C" NOT NULL DEFAULT 'owner' CHECK (visibility IN ('owner', 'everyone')),
        ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY`.execute(db);
  },
  down: forwardOnly,
};
