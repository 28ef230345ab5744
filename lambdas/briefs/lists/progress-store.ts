import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { WorkState } from '../work/states.ts';

/** How far one task is: one platform asked for one keyword. */
export interface TaskProgress {
  readonly stage: string;
  readonly platform: PlatformName;
  readonly keyword: string;
  readonly state: WorkState;
  readonly reason: string | null;
  /** At most; it ends sooner when a page brings nothing new. */
  readonly pages: number;
  readonly pages_done: number;
  /** Articles and whatever else stood in the pages. */
  readonly found: number;
  readonly stored: number;
  readonly failed: number;
  /** In Kafka, and not yet in the database. */
  readonly on_their_way: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The tasks of a brief and what each has come to. */
export async function progressOf<T>(
  { query }: Pick<Database<T>, 'query'>,
  brief: string,
): Promise<readonly TaskProgress[]> {
  const { rows } = await sql<TaskProgress>`
    SELECT stage.name AS stage, task.platform, task.keyword, task.state, task.reason, task.pages,
      calls.pages_done, finds.found, finds.stored, finds.failed, finds.on_their_way, dropped.by_reason AS dropped
    FROM briefs.tasks AS task
    JOIN briefs.stages AS stage ON stage.uuid = task.stage_uuid
    CROSS JOIN LATERAL (
      SELECT count(*) AS pages_done FROM briefs.calls
      WHERE task_uuid = task.uuid AND kind = 'search' AND state NOT IN ('waiting', 'sent')) AS calls
    CROSS JOIN LATERAL (
      SELECT count(*) AS found, count(*) FILTER (WHERE state = 'stored') AS stored,
        count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'sent') AS on_their_way
      FROM briefs.finds WHERE task_uuid = task.uuid) AS finds
    CROSS JOIN LATERAL (
      SELECT coalesce(json_object_agg(reason, n), '{}') AS by_reason
      FROM (SELECT coalesce(reason, 'unknown') AS reason, count(*) AS n FROM briefs.finds
        WHERE task_uuid = task.uuid AND state = 'dropped' GROUP BY 1) AS each) AS dropped
    WHERE stage.brief_uuid = ${brief}
    ORDER BY stage.position, task.platform, task.keyword`.execute(query);
  return rows;
}

/** How many briefs were submitted before this one and have not begun. */
export async function briefsBefore<T>({ query }: Pick<Database<T>, 'query'>, brief: string): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(*) AS waiting FROM briefs.briefs
    WHERE state = 'queued' AND created_at < (SELECT created_at FROM briefs.briefs WHERE uuid = ${brief})`.execute(
    query,
  );
  return rows[0]?.waiting ?? 0;
}
