import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { closeBriefRun, closeStageRun, closeTaskRuns } from './run-records-store.ts';
import { lockBrief } from './settle-store.ts';

/**
 * Deletes a brief whole: its rows at once, and with them what says that its objects are to be removed
 * ({@link removeObjects}; the sweep does it when the caller dies). `undefined` when there is none.
 */
export function deleteBrief<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  uuid: string,
): Promise<{ readonly prefixes: readonly string[] } | undefined> {
  return transaction(async ({ query }) => {
    const state = await lockBrief(query, uuid);
    if (state === undefined) return undefined;
    await closeOpenRuns(query, uuid);
    const { rows: stages } = await sql<{ uuid: string }>`
      SELECT uuid FROM briefs.stages WHERE brief_uuid = ${uuid}`.execute(query);
    const prefixes = [`briefs/raw/${uuid}/`, ...stages.flatMap((stage) => filesOf(stage.uuid))];
    await askForRemoval(query, prefixes);
    await sql`DELETE FROM briefs.briefs WHERE uuid = ${uuid}`.execute(query);
    return { prefixes };
  });
}

/** What a stage's files and its zip begin with. */
export function filesOf(stage: string): readonly string[] {
  return [`briefs/${stage}/`, `briefs/${stage}.zip`];
}

/** A brief that is deleted while it runs stops: its runs don't stay open for ever. */
async function closeOpenRuns(query: QueryExecutorProvider, brief: string): Promise<void> {
  const open = sql`state IN ('queued', 'running')`;
  const cancelled = sql`state = 'cancelled', reason = 'deleted', ended_at = now()`;
  const tasks = await sql<{ uuid: string }>`
    UPDATE briefs.tasks SET ${cancelled} WHERE brief_uuid = ${brief} AND ${open} RETURNING uuid`.execute(query);
  const stages = await sql<{ uuid: string }>`
    UPDATE briefs.stages SET ${cancelled} WHERE brief_uuid = ${brief} AND ${open} RETURNING uuid`.execute(query);
  const briefs = await sql<{ uuid: string }>`
    UPDATE briefs.briefs SET ${cancelled} WHERE uuid = ${brief} AND ${open} RETURNING uuid`.execute(query);
  await closeTaskRuns(
    query,
    tasks.rows.map(({ uuid }) => uuid),
  );
  for (const { uuid } of stages.rows) await closeStageRun(query, uuid);
  if (briefs.rows.length > 0) await closeBriefRun(query, brief);
}

/** Writes down that all objects under these prefixes are to be removed. */
export async function askForRemoval(query: QueryExecutorProvider, prefixes: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO briefs.removals (prefix) SELECT unnest(${prefixes}::text[]) ON CONFLICT DO NOTHING`.execute(query);
}

/** What removing objects needs of the bucket. */
export interface RemovingBucket {
  readonly list: (prefix: string) => AsyncIterable<string>;
  readonly remove: (key: string) => Promise<void>;
}

/** Removes what is under prefixes that were written down, and forgets them; resolves to how many objects that were. */
export async function removeObjects<T>(
  { query }: Pick<Database<T>, 'query'>,
  bucket: RemovingBucket,
  atMost = 100,
): Promise<number> {
  const { rows } = await sql<{ prefix: string }>`
    SELECT prefix FROM briefs.removals ORDER BY asked_at, prefix LIMIT ${atMost}`.execute(query);
  let removed = 0;
  for (const { prefix } of rows) {
    for await (const key of bucket.list(prefix)) {
      await bucket.remove(key);
      removed += 1;
    }
    await sql`DELETE FROM briefs.removals WHERE prefix = ${prefix}`.execute(query);
  }
  return removed;
}
