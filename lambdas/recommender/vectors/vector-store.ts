import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { exactVectors } from './exact-vector-store.ts';
import { nearestByIndex } from './indexed-vector-store.ts';
import type { VectorStore } from './make-vectors.ts';

/** Vectors in the database: the nearest by pgvector's index where the server has it, else by an exact look at all. */
export function vectorStore(database: Database<unknown>, madeBy?: string): VectorStore {
  const exact = exactVectors(database, madeBy);
  let isIndexed: boolean | undefined;
  return {
    ...exact,
    async nearest(scenario, vectors, wanted) {
      isIndexed ??= await hasIndex(database);
      return isIndexed
        ? nearestByIndex(database, scenario, { vectors, wanted })
        : exact.nearest(scenario, vectors, wanted);
    },
  };
}

/** As the migration left it. */
async function hasIndex({ query }: Database<unknown>): Promise<boolean> {
  const { rows } = await sql`SELECT WHERE to_regclass('recommender.item_vectors_nearest') IS NOT NULL`.execute(query);
  return rows.length > 0;
}
