import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { MadeVector, NearestWanted, Neighborhood, ScenarioKey } from './make-vectors.ts';

interface Looking {
  readonly vectors: readonly MadeVector[];
  readonly wanted: NearestWanted;
}

/** The nearest by cosine, as pgvector's index finds them: most of the true ones, in a time that hardly grows. */
export async function nearestByIndex(
  { transaction }: Pick<Database<unknown>, 'transaction'>,
  scenario: ScenarioKey,
  { vectors, wanted }: Looking,
): Promise<readonly Neighborhood[]> {
  const found = new Map<string, Neighborhood['near'][number][]>();
  await transaction(async ({ query }) => {
    // The index knows no tenants: it goes on until enough of this scenario were found.
    await sql`SELECT set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(query);
    for (const [length, ofLength] of Map.groupBy(vectors, ({ vector }) => vector.length)) {
      const { rows } = await ofOneLength(scenario, length, { vectors: ofLength, wanted }).execute(query);
      for (const { item_id, id, score } of rows) found.set(item_id, [...(found.get(item_id) ?? []), { id, score }]);
    }
  });
  return vectors.map(({ item_id }) => ({ item_id, near: found.get(item_id) ?? [] }));
}

function ofOneLength({ tenant_id, scenario_id }: ScenarioKey, length: number, { vectors, wanted }: Looking) {
  // A text that says nothing has a vector of zeros, which points nowhere.
  const asked = vectors.filter(({ vector }) => vector.some((value) => value !== 0));
  const list = JSON.stringify(asked.map(({ item_id, vector }) => ({ item_id, vector: `[${vector.join(',')}]` })));
  // A type's length is no parameter.
  const type = sql.raw(`vector(${Math.trunc(length)})`);
  return sql<{ item_id: string; id: string; score: number }>`
    SELECT asked.item_id, near.id, near.score
    FROM json_to_recordset(${list}::json) AS asked (item_id text, vector text)
    CROSS JOIN LATERAL (
      SELECT v.item_id AS id, 1 - (v.indexed::${type} <=> asked.vector::${type}) AS score
      FROM recommender.item_vectors AS v
      WHERE v.tenant_id = ${tenant_id} AND v.scenario_id = ${scenario_id} AND v.kind = 'text'
        AND cardinality(v.vector) = ${sql.lit(Math.trunc(length))} AND v.item_id <> asked.item_id
      ORDER BY v.indexed::${type} <=> asked.vector::${type} LIMIT ${wanted.count}
    ) AS near
    WHERE near.score > ${wanted.above} AND near.score <> 'NaN'
    ORDER BY asked.item_id, near.score DESC, near.id COLLATE "C"`;
}
