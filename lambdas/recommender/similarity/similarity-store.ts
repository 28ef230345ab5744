import { sql } from 'kysely';
import { copyUpsert } from '#adapters/database/copy-upsert.ts';
import type { Database, Session } from '#adapters/database.ts';
import { arrayText } from '#kit/text/copy-text.ts';
import { similarityActions } from '../behavior/actions.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import { type Neighbours, similarItems, type Touches } from './cosine.ts';
import type { SimilarItem } from './similar-item.ts';

export interface SimilarityWindow {
  readonly now: Date;
  readonly days: number;
  /** Action weights and a decay, where a scenario's similarities count more than who. @default every user counts once */
  readonly weighted?: { readonly weights: Readonly<Record<string, number>>; readonly decayPerDay: number } | undefined;
}

export interface SimilarityCounts {
  /** Actions of the window that count, repeats too. */
  readonly touches: number;
  readonly users: number;
  readonly items: number;
  /** Items that have neighbours now. */
  readonly similar: number;
}

const rowsAtOnce = 500;

/** Computes the neighbours of a scenario's items from its behaviour, and keeps them in place of the older ones. */
export function computeSimilarity<T>(
  database: Pick<Database<T>, 'transaction'>,
  key: ScenarioKey,
  window: SimilarityWindow,
): Promise<SimilarityCounts> {
  return database.transaction(async (session) => {
    // Lists of all users: less than that, and the server sorts them on its disk.
    await sql`SET LOCAL work_mem = '64MB'`.execute(session.query);
    const { names, touches } = await readTouches(session, key, window);
    const kept: string[] = [];
    await copyUpsert(session, target, batches(similarItems(touches), { key, names, kept }));
    await sql`
      DELETE FROM recommender.similar_items
      WHERE tenant_id = ${key.tenant} AND scenario_id = ${key.scenario} AND item_id NOT IN (SELECT unnest(${kept}::text[]))`.execute(
      session.query,
    );
    return { touches: touches.users.length, users: touches.userCount, items: names.length, similar: kept.length };
  });
}

const target = {
  table: 'recommender.similar_items',
  columns: ['tenant_id', 'scenario_id', 'item_id', 'others', 'scores', 'in_common'],
  key: ['tenant_id', 'scenario_id', 'item_id'],
} as const;

function* batches(
  found: Iterable<Neighbours>,
  { key, names, kept }: { readonly key: ScenarioKey; readonly names: readonly string[]; readonly kept: string[] },
) {
  let batch: (readonly string[])[] = [];
  for (const { item, others, scores, overlaps } of found) {
    const name = names[item] ?? '';
    kept.push(name);
    const lists = [arrayText(others.map((other) => names[other] ?? '')), `{${scores}}`, `{${overlaps}}`];
    batch.push([key.tenant, key.scenario, name, ...lists]);
    if (batch.length === rowsAtOnce) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

/** Numbers are given to the items in one query and used in the next, so they travel along: behaviour may come between. */
async function readTouches<T>(
  { query }: Session<T>,
  { tenant, scenario }: ScenarioKey,
  { now, days, weighted }: SimilarityWindow,
): Promise<{ readonly names: readonly string[]; readonly touches: Touches }> {
  const from = new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  const used = sql`
    tenant_id = ${tenant} AND scenario_id = ${scenario} AND action = ANY (${[...similarityActions]}::text[])
    AND at >= ${from} AND day >= ${from}::timestamptz::date AND at <= ${now}`;
  const items = await sql<{ item_id: string }>`
    SELECT DISTINCT item_id FROM recommender.behaviors WHERE ${used} ORDER BY item_id`.execute(query);
  const names = items.rows.map(({ item_id }) => item_id);
  const days_ago = sql`extract(epoch FROM ${now}::timestamptz - at)::float8 / 86400`;
  const weights = JSON.stringify(weighted?.weights ?? {});
  const weight = weighted
    ? sql`string_agg((coalesce((${weights}::jsonb ->> action)::float8, 0)
        * exp(${-weighted.decayPerDay}::float8 * (${days_ago})))::text, ',')`
    : sql`NULL`;
  // One row for each user, repeats and all: a million small rows, or a list without repeats, would take the database longer
  // than all that is computed of them.
  const { rows } = await sql<{ items: string; weights: string | null }>`
    WITH numbered AS (
      SELECT item_id, number - 1 AS number FROM unnest(${names}::text[]) WITH ORDINALITY AS known (item_id, number)
    )
    SELECT string_agg(number::text, ',') AS items, ${weight} AS weights
    FROM recommender.behaviors JOIN numbered USING (item_id) WHERE ${used} GROUP BY user_id`.execute(query);
  return { names, touches: touchesOf(rows, names.length) };
}

function touchesOf(
  rows: readonly { readonly items: string; readonly weights: string | null }[],
  itemCount: number,
): Touches {
  const lists = rows.map(({ items }) => Int32Array.from(items.split(','), Number));
  const total = lists.reduce((sum, { length }) => sum + length, 0);
  const users = new Int32Array(total);
  const items = new Int32Array(total);
  const isWeighted = rows.some(({ weights }) => weights !== null);
  const weights = isWeighted ? new Float64Array(total) : undefined;
  let start = 0;
  for (const [user, list] of lists.entries()) {
    users.fill(user, start, start + list.length);
    items.set(list, start);
    weights?.set(Float64Array.from((rows[user]?.weights ?? '').split(','), Number), start);
    start += list.length;
  }
  return { users, items, weights, userCount: rows.length, itemCount };
}

/** The neighbours of one item: by behaviour where there are some, else by what it says; `undefined` where there is no such item. */
export async function neighboursOf<T>(
  { query }: Pick<Database<T>, 'query'>,
  { tenant, scenario }: ScenarioKey,
  { item, count }: { readonly item: string; readonly count: number },
): Promise<readonly SimilarItem[] | undefined> {
  const { rows } = await sql<SimilarItem>`
    SELECT other AS item_id, score, overlap, source, metadata
    FROM (
      SELECT DISTINCT ON (other) other, score, overlap, source
      FROM (
        SELECT other, score, overlap, 'behavior' AS source
        FROM recommender.similar_items, unnest(others, scores, in_common) AS near (other, score, overlap)
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND item_id = ${item}
        UNION ALL
        SELECT other_id, score, 0, 'content' FROM recommender.neighbors
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND item_id = ${item}
      ) AS both_sources
      ORDER BY other, source
    ) AS near
    JOIN recommender.items ON tenant_id = ${tenant} AND scenario_id = ${scenario} AND item_id = other
    WHERE status = 'active' AND deleted_at IS NULL
    -- What users did says more than what texts say.
    ORDER BY source, score DESC, other
    LIMIT ${count}`.execute(query);
  if (rows.length > 0) return rows;
  const known = await sql`
    SELECT FROM recommender.items
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND item_id = ${item} AND deleted_at IS NULL`.execute(
    query,
  );
  return known.rows.length > 0 ? [] : undefined;
}
