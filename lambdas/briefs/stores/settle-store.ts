import { sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import { closeBriefRun, closeStageRun, closeTaskRuns } from './run-records-store.ts';

/**
 * Ends what has come to its end. Rows are locked in one order (calls, tasks, stages, brief, then the platform), each
 * before it is looked at: of two that bring the last pieces of a task, the second one sees both. The locks let others
 * write rows that refer to what is locked.
 */

/** What follows from settling; it is for the caller to send, and for the sweep when the caller dies. */
export interface Settled {
  /** Stages whose files are to be made. */
  readonly toExport: readonly string[];
}

/** What something has happened to that may have been its last. */
export interface Touched {
  readonly tasks?: readonly string[];
  readonly stages?: readonly string[];
}

/** Ends those of the tasks that have nothing under way, and says which stages have all of theirs ended. */
export async function settle<T>({ query }: Session<T>, touched: Touched): Promise<Settled> {
  const tasks = [...new Set(touched.tasks ?? [])].sort();
  const stages = touched.stages ?? [];
  if (tasks.length + stages.length === 0) return { toExport: [] };
  await lockTasks(query, tasks);
  const ended = await sql<{ uuid: string }>`
    WITH standing AS (
      SELECT task.uuid, calls.failed, calls.reason, finds.stored, finds.failed AS finds_failed
      FROM briefs.tasks AS task
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state IN ('waiting', 'sent')) AS open,
          count(*) FILTER (WHERE state IN ('failed', 'dropped')) AS failed,
          (array_agg(reason ORDER BY id DESC) FILTER (WHERE state IN ('failed', 'dropped')))[1] AS reason
        FROM briefs.calls WHERE task_uuid = task.uuid AND kind = 'search') AS calls
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = 'sent') AS open, count(*) FILTER (WHERE state = 'failed') AS failed,
          count(*) FILTER (WHERE state = 'stored' OR reason = 'repeat') AS stored
        FROM briefs.finds WHERE task_uuid = task.uuid) AS finds
      WHERE task.uuid = ANY(${tasks}::uuid[]) AND task.state IN ('queued', 'running')
        AND calls.open = 0 AND finds.open = 0)
    UPDATE briefs.tasks AS task
    SET ended_at = now(), started_at = coalesce(started_at, now()),
      state = CASE WHEN standing.failed = 0 AND standing.finds_failed = 0 THEN 'finished'
        WHEN standing.failed > 0 AND standing.stored = 0 THEN 'failed' ELSE 'partial' END,
      reason = CASE WHEN standing.failed > 0 THEN standing.reason
        WHEN standing.finds_failed > 0 THEN 'unreadable-articles' END
    FROM standing WHERE task.uuid = standing.uuid
    RETURNING task.uuid`.execute(query);
  await closeTaskRuns(
    query,
    ended.rows.map(({ uuid }) => uuid),
  );
  return { toExport: await settleStages(query, tasks, stages) };
}

/** Gives up articles of pages that never arrived, and won't be sent again. */
export async function loseFinds<T>(
  query: Session<T>['query'],
  pages: readonly { readonly task: string; readonly page: number }[],
): Promise<void> {
  if (pages.length === 0) return;
  await sql`
    UPDATE briefs.finds AS find SET state = 'failed', reason = 'lost'
    FROM unnest(${pages.map(({ task }) => task)}::uuid[], ${pages.map(({ page }) => page)}::integer[])
      AS lost (task_uuid, page)
    WHERE find.task_uuid = lost.task_uuid AND find.page = lost.page AND find.state = 'sent'`.execute(query);
}

/** Locks tasks in the one order that every transaction keeps. */
export async function lockTasks<T>(query: Session<T>['query'], tasks: readonly string[]): Promise<void> {
  await sql`
    SELECT FROM briefs.tasks WHERE uuid = ANY(${[...new Set(tasks)]}::uuid[])
    ORDER BY uuid FOR NO KEY UPDATE`.execute(query);
}

/** Locks a brief with all that it has, in that order; resolves to its state, `undefined` when there is none. */
export async function lockBrief<T>(query: Session<T>['query'], brief: string): Promise<string | undefined> {
  await sql`SELECT FROM briefs.calls WHERE brief_uuid = ${brief} ORDER BY id FOR NO KEY UPDATE`.execute(query);
  await sql`SELECT FROM briefs.tasks WHERE brief_uuid = ${brief} ORDER BY uuid FOR NO KEY UPDATE`.execute(query);
  await sql`SELECT FROM briefs.stages WHERE brief_uuid = ${brief} ORDER BY uuid FOR NO KEY UPDATE`.execute(query);
  const { rows } = await sql<{ state: string }>`
    SELECT state FROM briefs.briefs WHERE uuid = ${brief} FOR NO KEY UPDATE`.execute(query);
  return rows[0]?.state;
}

async function settleStages<T>(
  query: Session<T>['query'],
  tasks: readonly string[],
  stages: readonly string[],
): Promise<readonly string[]> {
  const concerned = sql`
    (uuid = ANY(${stages}::uuid[]) OR uuid IN (SELECT stage_uuid FROM briefs.tasks WHERE uuid = ANY(${tasks}::uuid[])))`;
  await sql`SELECT FROM briefs.stages WHERE ${concerned} ORDER BY uuid FOR NO KEY UPDATE`.execute(query);
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.stages AS stage SET export_state = 'wanted', export_asked_at = now()
    WHERE ${concerned} AND (
      state IN ('queued', 'running') AND export_state = 'none'
        AND NOT EXISTS (SELECT FROM briefs.tasks WHERE stage_uuid = stage.uuid AND state IN ('queued', 'running'))
        AND NOT EXISTS (SELECT FROM briefs.calls WHERE stage_uuid = stage.uuid AND state IN ('waiting', 'sent'))
      -- What was on its way when it was cancelled belongs into its files.
      OR state = 'cancelled' AND export_state IN ('wanted', 'made'))
    RETURNING uuid`.execute(query);
  return rows.map(({ uuid }) => uuid);
}

/**
 * Ends a stage whose files are made, or can't be, and its brief with the last of them: `brief` is the one that has just
 * ended.
 */
export async function endStage<T>(
  { query }: Pick<Session<T>, 'query'>,
  stage: string,
  files: { readonly state: 'made' } | { readonly state: 'failed'; readonly reason: string } = { state: 'made' },
): Promise<{ readonly brief: string | undefined }> {
  const without = files.state === 'failed' ? `files: ${files.reason}` : null;
  const { rows: before } = await sql<{ ended_at: Date | null }>`
    SELECT ended_at FROM briefs.stages WHERE uuid = ${stage} FOR NO KEY UPDATE`.execute(query);
  const { rows: ended } = await sql<{ brief_uuid: string }>`
    UPDATE briefs.stages AS stage
    SET export_state = ${files.state}, exported_at = CASE WHEN ${files.state} = 'made' THEN now() ELSE exported_at END,
      ended_at = coalesce(ended_at, now()),
      state = CASE WHEN stage.state = 'cancelled' THEN 'cancelled' ELSE told.state END,
      reason = CASE WHEN stage.state = 'cancelled' THEN stage.reason ELSE told.reason END
    FROM (
      SELECT CASE WHEN bool_and(state = 'failed') THEN 'failed'
          WHEN bool_and(state = 'finished') AND max(unasked.reason) IS NULL AND ${without}::text IS NULL THEN 'finished'
          ELSE 'partial' END AS state,
        nullif(concat_ws('; ', string_agg(DISTINCT platform || ': ' || coalesce(tasks.reason, state), '; ')
          FILTER (WHERE state <> 'finished'), max(unasked.reason), ${without}::text), '') AS reason
      FROM briefs.tasks
      CROSS JOIN (
        SELECT string_agg(DISTINCT platform || ': ' || reason, '; ') AS reason
        FROM briefs.calls WHERE stage_uuid = ${stage} AND kind <> 'search' AND state = 'dropped') AS unasked
      WHERE stage_uuid = ${stage}) AS told
    WHERE stage.uuid = ${stage}
    RETURNING brief_uuid`.execute(query);
  const [row] = ended;
  if (row === undefined) return { brief: undefined };
  // Files that are made anew are no second end.
  if (before[0]?.ended_at === null) await closeStageRun(query, stage);
  return { brief: await endBrief(query, row.brief_uuid) };
}

/** Ends a brief whose stages have all ended; `undefined` while one hasn't, and for one that had ended before. */
async function endBrief<T>(query: Session<T>['query'], brief: string): Promise<string | undefined> {
  await sql`SELECT FROM briefs.briefs WHERE uuid = ${brief} FOR NO KEY UPDATE`.execute(query);
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.briefs AS brief
    SET ended_at = now(), state = told.state, reason = told.reason
    FROM (
      SELECT bool_and(ended_at IS NOT NULL) AS all_ended,
        CASE WHEN bool_and(state = 'finished') THEN 'finished' WHEN bool_and(state = 'failed') THEN 'failed'
          ELSE 'partial' END AS state,
        string_agg(name || ': ' || coalesce(reason, state), '; ' ORDER BY position)
          FILTER (WHERE state <> 'finished') AS reason
      FROM briefs.stages WHERE brief_uuid = ${brief}) AS told
    WHERE brief.uuid = ${brief} AND brief.state IN ('queued', 'running') AND told.all_ended
    RETURNING uuid`.execute(query);
  if (rows.length > 0) await closeBriefRun(query, brief);
  return rows[0]?.uuid;
}
