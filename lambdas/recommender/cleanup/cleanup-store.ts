import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { behaviorFilesIn } from '../files/behavior-files-bucket.ts';
import { behaviorRows } from '../files/behavior-rows-store.ts';
import { filesQueue } from '../files/files-queue.ts';
import { dayKey } from '../files/write-files.ts';
import type { CleanupPorts } from './ports.ts';

export interface CleanupOptions {
  readonly RAW_BUCKET: string;
  readonly FILES_QUEUE_URL: string;
  readonly FILES_DELAY_MS: number;
}

/** Retention over the database, the bucket and the queue of files. */
export function cleanupPorts(database: Database<unknown>, env: CleanupOptions): CleanupPorts {
  const store = objectStore(env.RAW_BUCKET);
  const files = behaviorFilesIn(env.RAW_BUCKET);
  return {
    book: cleanupBook(database),
    files: {
      async rowsOf(tenant, day) {
        const key = dayKey(tenant, day);
        return (await store.exists(key)) ? files.read(key) : undefined;
      },
    },
    askForFiles: filesQueue(env.FILES_QUEUE_URL, env.FILES_DELAY_MS),
  };
}

// Some thousands a statement: locks and the log of changes stay small, however many have gathered.
const atMost = 5000;

/** Retention in the database. */
export function cleanupBook(database: Database<unknown>): CleanupPorts['book'] {
  const { query } = database;
  const deleteAll = (table: string, which: RawBuilder<unknown>) => deleteInBatches(query, table, which);
  return {
    forgetRecommendations: (now) => deleteAll('recommendations', sql`r.expires_at < ${now}`),
    async forgetOrphans() {
      return {
        vectors: await deleteAll('item_vectors', isGone('item_id')),
        neighbors: await deleteAll('neighbors', sql`${isGone('item_id')} OR ${isGone('other_id')}`),
      };
    },
    async days(kept, before) {
      const { rows } = await sql<{ day: string }>`
        SELECT day FROM recommender.days_of(${kept}) AS days (day) WHERE day < ${before}::date ORDER BY day`.execute(
        query,
      );
      return rows.map(({ day }) => day);
    },
    async dropDay(kept, day) {
      await sql`SELECT recommender.drop_day(${kept}, ${day}::date)`.execute(query);
    },
    async tenantsOf(day) {
      const { rows } = await sql<{ tenant_id: string }>`
        SELECT DISTINCT tenant_id FROM recommender.behaviors WHERE day = ${day}::date ORDER BY 1`.execute(query);
      return rows.map(({ tenant_id }) => tenant_id);
    },
    rowsOf: behaviorRows(database),
  };
}

/** Removed by somebody, or never there. */
const isGone = (name: string) => sql`NOT EXISTS (
  SELECT FROM recommender.items AS i WHERE i.tenant_id = r.tenant_id AND i.scenario_id = r.scenario_id
    AND i.item_id = r.${sql.ref(name)} AND i.deleted_at IS NULL)`;

async function deleteInBatches(
  query: QueryExecutorProvider,
  table: string,
  which: RawBuilder<unknown>,
): Promise<number> {
  for (let deleted = 0; ; ) {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM recommender.${sql.ref(table)} WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM recommender.${sql.ref(table)} AS r WHERE ${which} LIMIT ${sql.lit(atMost)}))`.execute(query);
    deleted += Number(numAffectedRows);
    if (numAffectedRows < BigInt(atMost)) return deleted;
  }
}
