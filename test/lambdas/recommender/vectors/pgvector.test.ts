import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../../lambdas/adapters/database.ts';
import { migrate } from '../../../../lambdas/platform/database/migrate.ts';
import { exactVectors } from '../../../../lambdas/recommender/vectors/exact-vector-store.ts';
import { type MadeVector, makeVectors } from '../../../../lambdas/recommender/vectors/make-vectors.ts';
import { embedHashed } from '../../../../lambdas/recommender/vectors/text-vector.ts';
import { vectorStore } from '../../../../lambdas/recommender/vectors/vector-store.ts';
import { migrations } from '../../../../migrations/index.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

/** PostgreSQL in WebAssembly with pgvector, in the place of Aurora, beside the embedded server, which has none. */

let pglite: PGlite;
let withIndex: Database<unknown>;
let embedded: TestDatabase<unknown>;

beforeAll(async () => {
  pglite = await PGlite.create({ extensions: { vector } });
  const query = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) });
  withIndex = {
    query,
    // By statements: a transaction of its own library takes the connection away from COPY.
    async transaction(work) {
      await sql`BEGIN`.execute(query);
      try {
        const done = await work({ query, copyIn, together: async (ask) => (await Promise.all(ask())) as never });
        await sql`COMMIT`.execute(query);
        return done;
      } catch (error) {
        await sql`ROLLBACK`.execute(query);
        throw error;
      }
    },
    isConnected: () => true,
    close: () => query.destroy(),
  };
  await migrate(query, migrations);
  embedded = await startTestDatabase();
});

afterAll(async () => {
  await embedded?.stop();
  await pglite?.close();
});

const scenario = { tenant_id: 'shop', scenario_id: 'home' };
const topics = ['紫砂壶与盖碗', '登山杖和帐篷', '铸铁锅煮饭', '镜头与三脚架'];

/** What `COPY ... FROM STDIN` takes, as this build of PostgreSQL is handed it. */
async function copyIn(statement: string, chunks: AsyncIterable<string>): Promise<number> {
  const blob = new Blob(await Array.fromAsync(chunks));
  const copied = await pglite.query(statement.replace('STDIN', `'/dev/blob'`), [], { blob });
  return copied.affectedRows ?? 0;
}

/** Items of four topics, some whose senders have computed a vector, one that says nothing; another tenant's of the same ids. */
async function given({ query }: Pick<Database<unknown>, 'query'>): Promise<void> {
  for (const tenant of ['shop', 'other'])
    for (let at = 0; at < 80; at += 1) {
      const topic = at % topics.length;
      const title = at === 79 ? '' : `${topics[topic]}第${at}号`;
      const embedding = at < 72 || at === 79 ? null : [1, topic, at / 100];
      await sql`
        INSERT INTO recommender.items (tenant_id, scenario_id, item_id, title, description, tags, embedding, content_hash, status,
          message_time, message_offset, updated_at)
        VALUES (${tenant}, 'home', ${`i${at}`}, ${title}, ${tenant === 'other' ? '别家的东西' : ''}, '{}', ${embedding}::real[],
          ${`h${at}`}, 'active', now(), 0, now())`.execute(query);
    }
}

async function neighboursIn(database: Pick<Database<unknown>, 'query'>) {
  const { rows } = await sql<{ tenant_id: string; item_id: string; other_id: string; score: number }>`
    SELECT tenant_id, item_id, other_id, score FROM recommender.neighbors
    ORDER BY tenant_id, item_id, other_id`.execute(database.query);
  return rows;
}

const make = (database: Database<unknown>) =>
  makeVectors(scenario, { store: vectorStore(database), embed: embedHashed, wake: async () => undefined });

test('the index finds what an exact look finds, and nothing of another tenant', async () => {
  await given(withIndex);
  await given(embedded.app);

  expect(await make(withIndex)).toBe(80);
  expect(await make(embedded.app)).toBe(80);

  const [found, exact] = [await neighboursIn(withIndex), await neighboursIn(embedded.app)];
  expect(found.length).toBeGreaterThan(500);
  expect(new Set([...found, ...exact].map(({ tenant_id }) => tenant_id))).toEqual(new Set(['shop']));
  // Which of equals comes first is nobody's promise: the scores are.
  const [own, theirs] = [await scoresOf(withIndex), await scoresOf(embedded.app)];
  expect([...own.keys()]).toEqual([...theirs.keys()]);
  for (const [item, scores] of own) expect(scores, item).toEqual(theirs.get(item));
});

/** The ten best scores of each item, to three digits. */
async function scoresOf(database: Database<unknown>): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await sql<MadeVector>`
    SELECT item_id, content_hash, vector FROM recommender.item_vectors ORDER BY item_id`.execute(database.query);
  const vectors = rows.map((row) => ({ ...row, vector: Float32Array.from(row.vector) }));
  const found = await vectorStore(database).nearest(scenario, vectors, { count: 10, above: 0.1 });
  return new Map(found.map(({ item_id, near }) => [item_id, near.map(({ score }) => score.toFixed(3))]));
}

test('an item that changes is found by its new content', async () => {
  const store = vectorStore(withIndex);
  const [changed = new Float32Array()] = await embedHashed([
    { title: topics[3] ?? '', description: null, category: null, author: null, tags: [] },
  ]);
  const made = [{ item_id: 'i0', content_hash: 'new', vector: changed }];

  await store.keep(scenario, made);

  const wanted = { count: 5, above: 0.1 };
  const [near] = await store.nearest(scenario, made, wanted);
  expect(near?.near).toHaveLength(5);
  for (const { id } of near?.near ?? []) expect(Number(id.slice(1)) % topics.length).toBe(3);
  const [exact] = await exactVectors(withIndex).nearest(scenario, made, wanted);
  expect(near?.near.map(({ score }) => score.toFixed(3))).toEqual(exact?.near.map(({ score }) => score.toFixed(3)));
});

test('the plan of a question is one over the index', async () => {
  const { rows } = await withIndex.transaction(async ({ query }) => {
    await sql`SET LOCAL enable_seqscan = off`.execute(query);
    await sql`SET LOCAL enable_indexscan = on`.execute(query);
    return sql<{ 'QUERY PLAN': string }>`
      EXPLAIN SELECT item_id FROM recommender.item_vectors WHERE kind = 'text' AND cardinality(vector) = 256
      ORDER BY indexed::vector(256) <=> ${`[${Array(256).fill(1).join(',')}]`}::vector(256) LIMIT 5`.execute(query);
  });

  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('item_vectors_nearest');
});
