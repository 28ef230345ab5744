import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import type { StageOrder } from '../work/job-content.ts';
import { articlesAskedFor } from '../work/plan.ts';
import { closeBriefRun, closeStageRun, closeTaskRuns } from './run-records-store.ts';
import { lockBrief, type Settled } from './settle-store.ts';
import { addStages } from './submit-store.ts';

/** What a brief is to be instead; what is left out stays. */
export interface ChangedBrief {
  readonly uuid: string;
  readonly name: string;
  readonly remarks?: string | undefined;
  readonly orders: readonly StageOrder[];
  /** The description as it came, for readers of the brief. */
  readonly jobContent: unknown;
}

/** Changes a brief while nothing of it has run: its stages are planned anew, and its code stays. */
export function changeBrief<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { uuid, name, remarks, orders, jobContent }: ChangedBrief,
  settings: AllPlatformSettings,
): Promise<'changed' | 'not-queued' | 'unknown'> {
  return transaction(async (session) => {
    const { query } = session;
    const state = await lockBrief(query, uuid);
    if (state === undefined) return 'unknown';
    if (state !== 'queued') return 'not-queued';
    // A call that has its turn already is work that has begun, though the brief may not be marked as running yet.
    const { rows: begun } = await sql`
      SELECT FROM briefs.calls WHERE brief_uuid = ${uuid} AND state <> 'waiting'`.execute(query);
    if (begun.length > 0) return 'not-queued';
    await sql`DELETE FROM briefs.stages WHERE brief_uuid = ${uuid}`.execute(query);
    await sql`
      UPDATE briefs.briefs SET name = ${name}, remarks = coalesce(${remarks ?? null}, remarks),
        orders = ${JSON.stringify(orders)}::json, job_content = ${JSON.stringify(jobContent)}::json,
        article_limit = ${articlesAskedFor(orders)}
      WHERE uuid = ${uuid}`.execute(query);
    await addStages(session, { uuid, name, orders }, settings);
    return 'changed';
  });
}

/** What came of it, and the stages whose files are to be made. */
export type Cancelled = Settled &
  (
    | { readonly outcome: 'ended' }
    | { readonly outcome: 'unknown' }
    /** With the reason that is kept: a brief that was cancelled before keeps its first one. */
    | { readonly outcome: 'cancelled'; readonly reason: string }
  );

/**
 * Stops what of a brief has not run, and keeps what is there: calls that wait are dropped, answers under way are no
 * longer read, and articles that are in Kafka are still stored. The stages that it stops get files of what there is. A
 * brief that has ended, or was cancelled before, stays as it is.
 */
export function cancelBrief<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  { uuid, reason }: { readonly uuid: string; readonly reason: string },
): Promise<Cancelled> {
  return transaction(async ({ query }) => {
    const state = await lockBrief(query, uuid);
    if (state === undefined) return { outcome: 'unknown', toExport: [] };
    if (state === 'cancelled') return { outcome: 'cancelled', reason: await keptReason(query, uuid), toExport: [] };
    if (state !== 'queued' && state !== 'running') return { outcome: 'ended', toExport: [] };
    await sql`
      UPDATE briefs.calls SET state = 'dropped', reason = 'cancelled', lease_until = NULL
      WHERE brief_uuid = ${uuid} AND state IN ('waiting', 'sent')`.execute(query);
    const cancelled = sql`state = 'cancelled', reason = 'cancelled', ended_at = now()`;
    const tasks = await sql<{ uuid: string }>`
      UPDATE briefs.tasks SET ${cancelled} WHERE brief_uuid = ${uuid} AND state IN ('queued', 'running')
      RETURNING uuid`.execute(query);
    const stages = await sql<{ uuid: string }>`
      UPDATE briefs.stages SET ${cancelled}, export_state = 'wanted', export_asked_at = now() WHERE brief_uuid = ${uuid} AND state IN ('queued', 'running')
      RETURNING uuid`.execute(query);
    await sql`
      UPDATE briefs.briefs SET ${cancelled}, cancel_reason = ${reason} WHERE uuid = ${uuid}`.execute(query);
    await closeTaskRuns(
      query,
      tasks.rows.map((row) => row.uuid),
    );
    for (const stage of stages.rows) await closeStageRun(query, stage.uuid);
    await closeBriefRun(query, uuid);
    return { outcome: 'cancelled', reason, toExport: stages.rows.map((stage) => stage.uuid) };
  });
}

async function keptReason(query: QueryExecutorProvider, brief: string): Promise<string> {
  const { rows } = await sql<{ reason: string | null }>`
    SELECT cancel_reason AS reason FROM briefs.briefs WHERE uuid = ${brief}`.execute(query);
  return rows[0]?.reason ?? '';
}
