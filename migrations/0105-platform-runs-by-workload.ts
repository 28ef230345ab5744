import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** The newest runs of each workload, which the overview shows, without a look at all of them. */
export const platformRunsByWorkload: Migration = {
  async up(db) {
    await sql`
      CREATE INDEX runs_by_workload ON platform.runs (workload, started_at DESC) WHERE parent IS NULL`.execute(db);
  },
  down: forwardOnly,
};
