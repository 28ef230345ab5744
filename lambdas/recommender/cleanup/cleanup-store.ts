import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import { systemClock } from '#adapters/clock.ts';
import type { Database } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { removeWrittenBefore } from '#adapters/objects/versions.ts';
import { behaviorFilesIn } from '../files/behavior-files-bucket.ts';
import { behaviorRows, lateRows } from '../files/behavior-rows-store.ts';
import { filesQueue } from '../files/files-queue.ts';
import { takenOut } from '../files/retention-store.ts';
import { dayKey, lateKey, without } from '../files/write-files.ts';
import { sparkFolder } from '../spark/job.ts';
import { pastForgetter } from './past-behavior-store.ts';
import type { CleanupPorts } from './ports.ts';

export interface CleanupOptions {
  readonly RAW_BUCKET: string;
  readonly FILES_QUEUE_URL: string;
  readonly FILES_DELAY_MS: number;
}

/** Retention over the database, the bucket and the queue of files. */
export function cleanupPorts(database: Database<unknown>, env: CleanupOptions): CleanupPorts {
  const files = behaviorFilesIn(env.RAW_BUCKET);
  return {
    book: cleanupBook(database),
    files: {
      async rowsOf(kept, tenant, day) {
        const key = kept === 'late' ? lateKey(tenant, day) : dayKey(tenant, day);
        if (!(await files.exists(key))) return undefined;
        return without(files.read(key), await takenOut(database, { tenant, day, now: systemClock() }));
      },
    },
    forgetModels: modelForgetter(database, (key) => objectStore(env.RAW_BUCKET).remove(key)),
    forgetSparkFiles: (before) => removeWrittenBefore(env.RAW_BUCKET, `${sparkFolder}/`, before),
    askForFiles: filesQueue(env.FILES_QUEUE_URL, env.FILES_DELAY_MS),
  };
}

// Some thousands a statement: locks and the log of changes stay small, however many have gathered.
const atMost = 5000;

/** Retention in the database. */
function cleanupBook(database: Database<unknown>): CleanupPorts['book'] {
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
    forgetPast: pastForgetter(database),
    async days(kept, before) {
      const { rows } = await sql<{ day: string }>`
        SELECT day FROM ${kept === 'late' ? lateDays : sql`recommender.days_of(${kept})`} AS days (day)
        WHERE day < ${before}::date ORDER BY day`.execute(query);
      return rows.map(({ day }) => day);
    },
    async dropDay(kept, day) {
      if (kept === 'late') await sql`DELETE FROM recommender.late_behaviors WHERE ${receivedOn(day)}`.execute(query);
      else await sql`SELECT recommender.drop_day(${kept}, ${day}::date)`.execute(query);
    },
    async tenantsOf(kept, day) {
      const of =
        kept === 'late'
          ? sql`recommender.late_behaviors WHERE ${receivedOn(day)}`
          : sql`recommender.behaviors WHERE day = ${day}::date`;
      const { rows } = await sql<{ tenant_id: string }>`SELECT DISTINCT tenant_id FROM ${of} ORDER BY 1`.execute(query);
      return rows.map(({ tenant_id }) => tenant_id);
    },
    // What is past its retention may wait here for its figures, and in no file: no day waits for it longer than for others.
    async rowsOf(kept, tenant, day) {
      const rows = await (kept === 'late' ? lateRows : behaviorRows)(database)(tenant, day);
      return rows && without(rows, await takenOut(database, { tenant, day, now: systemClock() }));
    },
  };
}

/** By the index: what came too late is kept for good where its files can't be proven, and is not read anew each night. */
const receivedOn = (day: string) => sql`received_at >= ${`${day}T00:00:00Z`}::timestamptz
  AND received_at < ${`${day}T00:00:00Z`}::timestamptz + interval '1 day'`;

/** Days on which something came too late: from each the index leads to the next. */
const lateDays = sql`(
  WITH RECURSIVE hops (day) AS (
    SELECT (min(received_at) AT TIME ZONE 'UTC')::date FROM recommender.late_behaviors
    UNION ALL
    SELECT (SELECT (min(received_at) AT TIME ZONE 'UTC')::date FROM recommender.late_behaviors
      WHERE received_at >= (hops.day + 1)::timestamp AT TIME ZONE 'UTC')
    FROM hops WHERE hops.day IS NOT NULL
  ) SELECT day FROM hops WHERE day IS NOT NULL)`;

/**
 * Removes files of models, and says so in their rows. One at a time and locked meanwhile: who puts it online waits, and is
 * told that it is gone.
 */
export function modelForgetter(
  { transaction }: Pick<Database<unknown>, 'transaction'>,
  remove: (objectKey: string) => Promise<void>,
): CleanupPorts['forgetModels'] {
  const forgetOne = (before: Date) =>
    transaction(async ({ query }) => {
      const { rows } = await sql<{ tenant_id: string; model_id: string; object_key: string }>`
        SELECT tenant_id, model_id, object_key FROM recommender.models AS m
        WHERE state <> 'online' AND file_removed_at IS NULL AND coalesce(retired_at, promoted_at, created_at) < ${before}
          -- The one before is what a roll back goes to, however long ago it was.
          AND (retired_at IS NULL OR EXISTS (
            SELECT FROM recommender.models AS newer
            WHERE (newer.tenant_id, newer.scenario_id) = (m.tenant_id, m.scenario_id) AND newer.state = 'retired'
              AND (newer.retired_at, newer.model_id) > (m.retired_at, m.model_id)))
        ORDER BY tenant_id, model_id LIMIT 1 FOR UPDATE OF m SKIP LOCKED`.execute(query);
      const [model] = rows;
      if (!model) return false;
      await remove(model.object_key);
      await sql`
        UPDATE recommender.models SET file_removed_at = now()
        WHERE tenant_id = ${model.tenant_id} AND model_id = ${model.model_id}`.execute(query);
      return true;
    });
  return async (before) => {
    let forgotten = 0;
    while (await forgetOne(before)) forgotten += 1;
    return forgotten;
  };
}

/** Removed, or never there. */
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
