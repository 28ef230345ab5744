import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Where the server has pgvector (Aurora has), vectors stand a second time as its own type, with an index of the nearest.
 * The embedded server has none: there the exact look at all of a scenario's stays.
 */
export const recommenderPgvector: Migration = {
  async up(db) {
    await sql`
      DO $$
      BEGIN
        IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
          CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
          -- Made by the database, so that whoever writes an array need not know of it.
          EXECUTE 'ALTER TABLE recommender.item_vectors
            ADD COLUMN indexed public.vector GENERATED ALWAYS AS (vector::public.vector) STORED';
          -- An index is of one length: that of vectors made from texts. Others, which senders bring, are looked at exactly.
          EXECUTE 'CREATE INDEX item_vectors_nearest ON recommender.item_vectors
            USING hnsw ((indexed::public.vector(256)) public.vector_cosine_ops)
            WHERE kind = ''text'' AND cardinality(vector) = 256';
        END IF;
      END
      $$`.execute(db);
  },
  down: forwardOnly,
};
