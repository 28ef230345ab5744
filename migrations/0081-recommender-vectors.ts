import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Which items wait for their vector, and the vectors that came with them. */
export const recommenderVectors: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE recommender.items
        -- The vector that its sender has computed, if any.
        ADD COLUMN embedding real[],
        -- The content whose vector and neighbours are there.
        ADD COLUMN embedded_hash text COLLATE "C"`.execute(db);
    await sql`
      CREATE INDEX items_to_embed ON recommender.items (tenant_id, scenario_id)
        WHERE content_hash IS NOT NULL AND embedded_hash IS DISTINCT FROM content_hash`.execute(db);
    await sql`CREATE INDEX neighbors_of_other ON recommender.neighbors (tenant_id, scenario_id, other_id)`.execute(db);
    await sql`
      CREATE INDEX item_vectors_made ON recommender.item_vectors (tenant_id, scenario_id, kind, made_at)`.execute(db);
  },
  down: forwardOnly,
};
