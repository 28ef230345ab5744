import { sql } from 'kysely';
import type { Session } from '#adapters/database.ts';

/**
 * Ends what has come to its end. Rows are locked in one order (call, task, stage, brief), each before it is looked at: of
 * two that bring the last pieces of a task, the second one sees both.
 */

/** What follows from settling; it is for the caller to send, and for the sweep when the caller dies. */
export interface Settled {
  /** Stages whose files are to be made. */
  readonly toExport: readonly string[];
}

/** Ends those of the tasks that have nothing under way, and says which stages have all of theirs ended. */
export async function settleTasks<T>({ query }: Session<T>, tasks: readonly string[]): Promise<Settled> {
  if (tasks.length === 0) return { toExport: [] };
  const ids = [...new Set(tasks)].sort();
  await sql`SELECT FROM briefs.tasks WHERE uuid = ANY(${ids}::uuid[]) ORDER BY uuid FOR UPDATE`.execute(query);
  await sql`
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
      WHERE task.uuid = ANY(${ids}::uuid[]) AND task.state IN ('queued', 'running')
        AND calls.open = 0 AND finds.open = 0)
    UPDATE briefs.tasks AS task
    SET ended_at = now(), started_at = coalesce(started_at, now()),
      state = CASE WHEN standing.failed = 0 AND standing.finds_failed = 0 THEN 'finished'
        WHEN standing.failed > 0 AND standing.stored = 0 THEN 'failed' ELSE 'partial' END,
      reason = CASE WHEN standing.failed > 0 THEN standing.reason
        WHEN standing.finds_failed > 0 THEN 'unreadable-articles' END
    FROM standing WHERE task.uuid = standing.uuid`.execute(query);
  return { toExport: await settleStages(query, ids) };
}

async function settleStages<T>(query: Session<T>['query'], tasks: readonly string[]): Promise<readonly string[]> {
  await sql`
    SELECT FROM briefs.stages
    WHERE uuid IN (SELECT stage_uuid FROM briefs.tasks WHERE uuid = ANY(${tasks}::uuid[]))
    ORDER BY uuid FOR UPDATE`.execute(query);
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.stages AS stage SET export_state = 'wanted', export_asked_at = now()
    WHERE uuid IN (SELECT stage_uuid FROM briefs.tasks WHERE uuid = ANY(${tasks}::uuid[]))
      AND state IN ('queued', 'running') AND export_state = 'none'
      AND NOT EXISTS (SELECT FROM briefs.tasks WHERE stage_uuid = stage.uuid AND state IN ('queued', 'running'))
      AND NOT EXISTS (SELECT FROM briefs.calls WHERE stage_uuid = stage.uuid AND state IN ('waiting', 'sent'))
    RETURNING uuid`.execute(query);
  return rows.map(({ uuid }) => uuid);
}

/** Ends a stage whose files are made, and its brief with the last of them: `brief` is the one that has just ended. */
export async function endStage<T>(
  { query }: Pick<Session<T>, 'query'>,
  stage: string,
  /** Why there are no files: they could not be made. */
  withoutFiles?: string,
): Promise<{ readonly brief: string | undefined }> {
  await sql`SELECT FROM briefs.stages WHERE uuid = ${stage} FOR UPDATE`.execute(query);
  const { rows: ended } = await sql<{ brief_uuid: string }>`
    UPDATE briefs.stages AS stage
    SET export_state = ${withoutFiles === undefined ? 'made' : 'failed'},
      exported_at = ${withoutFiles === undefined ? sql`now()` : sql`exported_at`},
      ended_at = coalesce(ended_at, now()),
      state = CASE WHEN stage.state = 'cancelled' THEN 'cancelled'
        WHEN ${withoutFiles ?? null}::text IS NOT NULL AND told.state = 'finished' THEN 'partial' ELSE told.state END,
      reason = CASE WHEN stage.state = 'cancelled' THEN stage.reason
        ELSE nullif(concat_ws('; ', told.reason, ${withoutFiles ?? null}::text), '') END
    FROM (
      SELECT CASE WHEN bool_and(state = 'finished') THEN 'finished' WHEN bool_and(state = 'failed') THEN 'failed'
          ELSE 'partial' END AS state,
        string_agg(DISTINCT platform || ': ' || coalesce(reason, state), '; ')
          FILTER (WHERE state <> 'finished') AS reason
      FROM briefs.tasks WHERE stage_uuid = ${stage}) AS told
    WHERE stage.uuid = ${stage}
    RETURNING brief_uuid`.execute(query);
  const brief = ended[0]?.brief_uuid;
  return { brief: brief === undefined ? undefined : await endBrief({ query }, brief) };
}

/** Ends a brief with the last of its stages. */
async function endBrief<T>({ query }: Pick<Session<T>, 'query'>, brief: string): Promise<string | undefined> {
  await sql`SELECT FROM briefs.briefs WHERE uuid = ${brief} FOR UPDATE`.execute(query);
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
  return rows[0]?.uuid;
}
