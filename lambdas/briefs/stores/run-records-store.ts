import { type QueryExecutorProvider, sql } from 'kysely';
import { closeRun, type OpenedRun, openRuns, type RunCounts } from '#record/run-book.ts';

/** Briefs, stages and tasks in the book of runs, each with its parent; run again, they are another execution. */

type Kind = 'brief' | 'stage' | 'task';

const workload = 'briefs';

/** Opens the runs of what has begun. */
export async function openRunsOf(
  query: QueryExecutorProvider,
  { tasks, stages, briefs }: Readonly<Record<'tasks' | 'stages' | 'briefs', readonly string[]>>,
): Promise<void> {
  if (tasks.length + stages.length + briefs.length === 0) return;
  const { rows } = await sql<{ kind: Kind; uuid: string; parent: string | null; started_at: Date; again: number }>`
    SELECT 'brief' AS kind, uuid, NULL AS parent, coalesce(started_at, now()) AS started_at, again
    FROM briefs.briefs WHERE uuid = ANY(${briefs}::uuid[])
    UNION ALL
    SELECT 'stage', stage.uuid, 'brief:' || brief.uuid, coalesce(stage.started_at, now()), brief.again
    FROM briefs.stages AS stage JOIN briefs.briefs AS brief ON brief.uuid = stage.brief_uuid
    WHERE stage.uuid = ANY(${stages}::uuid[])
    UNION ALL
    SELECT 'task', task.uuid, 'stage:' || task.stage_uuid, coalesce(task.started_at, now()), brief.again
    FROM briefs.tasks AS task JOIN briefs.briefs AS brief ON brief.uuid = task.brief_uuid
    WHERE task.uuid = ANY(${tasks}::uuid[])`.execute(query);
  await openRuns(
    query,
    rows.map(
      ({ kind, uuid, parent, started_at, again }): OpenedRun => ({
        ...nameOf(kind, uuid, again),
        kind,
        parent: parent ?? undefined,
        startedAt: started_at,
      }),
    ),
  );
}

interface Standing {
  readonly uuid: string;
  readonly again: number;
  readonly state: 'finished' | 'partial' | 'failed' | 'cancelled';
  readonly reason: string | null;
  readonly found: number;
  readonly stored: number;
  readonly dropped: number;
  readonly failed: number;
  readonly waiting: number;
  readonly cost: number;
  readonly told: Readonly<Record<string, unknown>>;
}

/** Closes the runs of tasks that have ended: what their pages had must be stored, dropped or failed. */
export async function closeTaskRuns(query: QueryExecutorProvider, tasks: readonly string[]): Promise<void> {
  if (tasks.length === 0) return;
  await openRunsOf(query, { tasks, stages: [], briefs: [] });
  const { rows } = await sql<Standing>`
    SELECT task.uuid, brief.again, task.state, task.reason, task.found, finds.*,
      (SELECT coalesce(sum(cost_usd), 0) FROM briefs.calls WHERE task_uuid = task.uuid) AS cost,
      json_build_object('platform', task.platform, 'keyword', task.keyword) AS told
    FROM briefs.tasks AS task
    JOIN briefs.briefs AS brief ON brief.uuid = task.brief_uuid
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'stored') AS stored, count(*) FILTER (WHERE state = 'dropped') AS dropped,
        count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'sent') AS waiting
      FROM briefs.finds WHERE task_uuid = task.uuid) AS finds
    WHERE task.uuid = ANY(${tasks}::uuid[])`.execute(query);
  for (const row of rows) await close(query, 'task', row);
}

/** Closes the run of a stage. What is stored is counted by the articles themselves. */
export async function closeStageRun(query: QueryExecutorProvider, stage: string): Promise<void> {
  await openRunsOf(query, { tasks: [], stages: [stage], briefs: [] });
  const { rows } = await sql<Standing>`
    SELECT stage.uuid, brief.again, stage.state, stage.reason, finds.*,
      (SELECT coalesce(sum(found), 0) FROM briefs.tasks WHERE stage_uuid = stage.uuid) AS found,
      (SELECT count(*) FROM briefs.articles WHERE stage_uuid = stage.uuid) AS stored,
      (SELECT coalesce(sum(cost_usd), 0) FROM briefs.calls WHERE stage_uuid = stage.uuid) AS cost,
      json_build_object('name', stage.name) AS told
    FROM briefs.stages AS stage
    JOIN briefs.briefs AS brief ON brief.uuid = stage.brief_uuid
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE find.state = 'dropped') AS dropped,
        count(*) FILTER (WHERE find.state = 'failed') AS failed,
        count(*) FILTER (WHERE find.state = 'sent') AS waiting
      FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
      WHERE task.stage_uuid = stage.uuid) AS finds
    WHERE stage.uuid = ${stage}`.execute(query);
  for (const row of rows) await close(query, 'stage', row);
}

/** Closes the run of a brief: its stages together. */
export async function closeBriefRun(query: QueryExecutorProvider, brief: string): Promise<void> {
  await openRunsOf(query, { tasks: [], stages: [], briefs: [brief] });
  const { rows } = await sql<Standing>`
    SELECT brief.uuid, brief.again, brief.state, brief.reason, finds.*,
      (SELECT coalesce(sum(found), 0) FROM briefs.tasks WHERE brief_uuid = brief.uuid) AS found,
      (SELECT count(*) FROM briefs.articles AS article JOIN briefs.stages AS stage ON stage.uuid = article.stage_uuid
        WHERE stage.brief_uuid = brief.uuid) AS stored,
      (SELECT coalesce(sum(cost_usd), 0) FROM briefs.calls WHERE brief_uuid = brief.uuid) AS cost,
      json_build_object('name', brief.name, 'code', brief.code) AS told
    FROM briefs.briefs AS brief
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE find.state = 'dropped') AS dropped,
        count(*) FILTER (WHERE find.state = 'failed') AS failed,
        count(*) FILTER (WHERE find.state = 'sent') AS waiting
      FROM briefs.finds AS find JOIN briefs.tasks AS task ON task.uuid = find.task_uuid
      WHERE task.brief_uuid = brief.uuid) AS finds
    WHERE brief.uuid = ${brief}`.execute(query);
  for (const row of rows) await close(query, 'brief', row);
}

const ends = { finished: 'succeeded', partial: 'partial', failed: 'failed', cancelled: 'stopped' } as const;

async function close(query: QueryExecutorProvider, kind: Kind, row: Standing): Promise<void> {
  const { found, stored, failed, dropped, waiting } = row;
  const counts: RunCounts = { in: found, out: stored, failed, filtered: dropped, waiting };
  await closeRun(query, {
    ...nameOf(kind, row.uuid, row.again),
    state: ends[row.state],
    counts,
    costUsd: row.cost,
    detail: { ...row.told, ...(row.reason !== null && { reason: row.reason }) },
  });
}

function nameOf(kind: Kind, uuid: string, again: number) {
  return { workload, name: `${kind}:${uuid}`, execution: `${uuid}:${again}` };
}
