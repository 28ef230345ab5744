import { type RawBuilder, sql } from 'kysely';
import { copyUpsert } from '#adapters/database/copy-upsert.ts';
import type { Database } from '#adapters/database.ts';
import { arrayText } from '#kit/text/copy-text.ts';
import type { DueItem, MadeVector, NearestWanted, Neighborhood, ScenarioKey, VectorStore } from './make-vectors.ts';
import { VectorTable } from './nearest.ts';

/** A scenario's vectors in memory, one table for each length, up to a moment. */
interface Kept {
  readonly tables: Map<number, VectorTable>;
  upTo: Date;
}

// Whole scenarios are kept, of 10 MB each with ten thousand items.
const mostKept = 8;
// Writers of one scenario's vectors follow one another, but a transaction is older than its commit.
const overlapMs = 60_000;

/**
 * Vectors as `real[]`, and an exact look at all of a scenario's: for a server without pgvector. `madeBy` names what makes
 * them of texts, where that is not the stack itself: an item whose vector another has made is due.
 */
export function exactVectors(database: Database<unknown>, madeBy?: string): VectorStore {
  const mark = madeBy === undefined ? sql`content_hash` : sql`${`${madeBy}/`}::text || content_hash`;
  const kept = new Map<string, Kept>();

  async function tablesOf(scenario: ScenarioKey): Promise<ReadonlyMap<number, VectorTable>> {
    const name = JSON.stringify([scenario.tenant_id, scenario.scenario_id]);
    const known = kept.get(name) ?? { tables: new Map<number, VectorTable>(), upTo: new Date(0) };
    // Last in the map's order: the one that was used longest ago gives way.
    kept.delete(name);
    kept.set(name, known);
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
    await catchUp(database, scenario, known);
    return known.tables;
  }

  return {
    due: (scenario, most) => dueItems(database, scenario, { most, mark }),
    keep: (scenario, vectors) => keepVectors(database, scenario, vectors),
    keepNeighbors: (scenario, made, found) => keepNeighbors(database, scenario, { made, found, mark }),
    async nearest(scenario, vectors, wanted) {
      const tables = await tablesOf(scenario);
      return vectors.map(({ item_id, vector }) => nearestOf(tables.get(vector.length), { item_id, vector }, wanted));
    },
  };
}

function nearestOf(
  table: VectorTable | undefined,
  { item_id, vector }: Pick<MadeVector, 'item_id' | 'vector'>,
  wanted: NearestWanted,
): Neighborhood {
  return { item_id, near: table?.nearest(vector, { ...wanted, not: item_id }) ?? [] };
}

async function catchUp({ query }: Database<unknown>, scenario: ScenarioKey, known: Kept): Promise<void> {
  const since = new Date(known.upTo.getTime() - overlapMs);
  const { rows } = await sql<{ item_id: string; vector: number[]; made_at: Date }>`
    SELECT item_id, vector, made_at FROM recommender.item_vectors
    WHERE tenant_id = ${scenario.tenant_id} AND scenario_id = ${scenario.scenario_id} AND kind = 'text'
      AND made_at > ${since.toISOString()} ORDER BY made_at`.execute(query);
  for (const { item_id, vector, made_at } of rows) {
    const table = known.tables.get(vector.length) ?? new VectorTable(vector.length);
    known.tables.set(vector.length, table);
    table.set(item_id, Float32Array.from(vector));
    known.upTo = made_at;
  }
}

async function dueItems(
  { query }: Database<unknown>,
  { tenant_id, scenario_id }: ScenarioKey,
  { most, mark }: { readonly most: number; readonly mark: RawBuilder<unknown> },
): Promise<readonly DueItem[]> {
  const { rows } = await sql<DueItem>`
    SELECT item_id, title, description, category, author, tags, embedding, content_hash FROM recommender.items
    WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id} AND content_hash IS NOT NULL
      AND embedded_hash IS DISTINCT FROM ${mark}
    ORDER BY item_id LIMIT ${most}`.execute(query);
  return rows;
}

async function keepVectors(
  { transaction }: Database<unknown>,
  { tenant_id, scenario_id }: ScenarioKey,
  vectors: readonly MadeVector[],
): Promise<void> {
  const now = new Date().toISOString();
  await transaction((session) =>
    copyUpsert(
      session,
      {
        table: 'recommender.item_vectors',
        columns: ['tenant_id', 'scenario_id', 'item_id', 'kind', 'vector', 'content_hash', 'made_at'],
        key: ['tenant_id', 'scenario_id', 'item_id', 'kind'],
      },
      [
        vectors.map(({ item_id, vector, content_hash }) => [
          tenant_id,
          scenario_id,
          item_id,
          'text',
          arrayText([...vector]),
          content_hash,
          now,
        ]),
      ],
    ),
  );
}

interface FoundNeighbors {
  readonly made: readonly MadeVector[];
  readonly found: readonly Neighborhood[];
  readonly mark: RawBuilder<unknown>;
}

async function keepNeighbors(
  { transaction }: Database<unknown>,
  { tenant_id, scenario_id }: ScenarioKey,
  { made, found, mark }: FoundNeighbors,
): Promise<void> {
  const ids = JSON.stringify(made.map(({ item_id }) => item_id));
  const now = new Date().toISOString();
  await transaction(async (session) => {
    const { query } = session;
    // Of content that is no longer theirs.
    await sql`
      DELETE FROM recommender.neighbors USING json_array_elements_text(${ids}::json) AS changed (id)
      WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id} AND (item_id = id OR other_id = id)`.execute(
      query,
    );
    await copyUpsert(
      session,
      {
        table: 'recommender.neighbors',
        columns: ['tenant_id', 'scenario_id', 'item_id', 'other_id', 'score', 'computed_at'],
        key: ['tenant_id', 'scenario_id', 'item_id', 'other_id'],
      },
      [
        found.flatMap(({ item_id, near }) =>
          near.flatMap(({ id, score }) => [
            [tenant_id, scenario_id, item_id, id, score, now],
            [tenant_id, scenario_id, id, item_id, score, now],
          ]),
        ),
      ],
    );
    const hashes = JSON.stringify(made.map(({ item_id, content_hash }) => ({ item_id, content_hash })));
    await sql`
      UPDATE recommender.items AS i SET embedded_hash = m.mark
      FROM (
        SELECT item_id, ${mark} AS mark FROM json_to_recordset(${hashes}::json) AS made (item_id text, content_hash text)
      ) AS m
      WHERE i.tenant_id = ${tenant_id} AND i.scenario_id = ${scenario_id} AND i.item_id = m.item_id`.execute(query);
  });
}
