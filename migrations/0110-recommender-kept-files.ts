import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** When models ceased to be online, and which of them have no file any more; late behaviour by when it came. */
export const recommenderKeptFiles: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE recommender.models
        ADD COLUMN retired_at timestamptz,
        -- The row stays with all that was measured; what has no file can't be online.
        ADD COLUMN file_removed_at timestamptz`.execute(db);
    await sql`
      UPDATE recommender.models SET retired_at = coalesce(promoted_at, created_at) WHERE state = 'retired'`.execute(db);
    await sql`
      CREATE INDEX models_with_files ON recommender.models (tenant_id, scenario_id, retired_at)
        WHERE state <> 'online' AND file_removed_at IS NULL`.execute(db);
    await sql`
      CREATE INDEX late_behaviors_received ON recommender.late_behaviors (tenant_id, received_at)`.execute(db);
  },
  down: forwardOnly,
};
