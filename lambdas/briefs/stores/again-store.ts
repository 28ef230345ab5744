import { type QueryExecutorProvider, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { openRunsOf } from './run-records-store.ts';
import { lockBrief } from './settle-store.ts';

/** What is run again, or made again: one of these. */
export type Part =
  | { readonly brief: string }
  | { readonly stage: string }
  | { readonly task: string }
  | { readonly call: number };

/** What running again comes to. */
export interface RunAgain {
  readonly brief: string;
  /** Calls that are made once more. */
  readonly calls: number;
  /** Pages that are read once more, without a call, for what could not be read of them. */
  readonly pages: number;
}

/**
 * Runs what of a brief has failed again: calls that were given up, what was not asked for want of money, and pages with
 * articles that couldn't be read. What is stored stays. A brief that was cancelled stays so. `undefined`: there is none.
 */
export function runAgain<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  part: Part,
): Promise<RunAgain | 'cancelled' | undefined> {
  return transaction(async ({ query }) => {
    const brief = await briefOf(query, part);
    if (brief === undefined) return undefined;
    const state = await lockBrief(query, brief);
    if (state === undefined) return undefined;
    if (state === 'cancelled') return 'cancelled';
    const calls = await sql<Again>`
      UPDATE briefs.calls SET state = 'waiting', forgiven = attempts, due_at = now(), wanted_at = now(), reason = NULL
      WHERE brief_uuid = ${brief} AND state IN ('failed', 'dropped') AND ${within(part)}
      RETURNING task_uuid, stage_uuid`.execute(query);
    const pages = await readAgain(query, brief, part);
    await reopen(query, brief, [...calls.rows, ...pages]);
    return { brief, calls: calls.rows.length, pages: pages.length };
  });
}

interface Again {
  readonly task_uuid: string | null;
  readonly stage_uuid: string;
}

/**
 * Pages whose articles couldn't all be read are read once more as they were received: their calls wait with the answer
 * that they have, and what failed of them is found anew.
 */
async function readAgain(query: QueryExecutorProvider, brief: string, part: Part): Promise<readonly Again[]> {
  const { rows } = await sql<Again & { page: number }>`
    UPDATE briefs.calls AS call SET state = 'waiting', forgiven = attempts, due_at = now(), wanted_at = now(), reread = true
    WHERE brief_uuid = ${brief} AND state = 'answered' AND kind = 'search' AND raw_key IS NOT NULL AND answer IS NOT NULL
      AND ${within(part)}
      AND EXISTS (SELECT FROM briefs.finds AS find
        WHERE find.task_uuid = call.task_uuid AND find.page = call.page AND find.state = 'failed')
    RETURNING task_uuid, stage_uuid, page`.execute(query);
  await sql`
    WITH gone AS (
      DELETE FROM briefs.finds AS find
      USING unnest(${rows.map((row) => row.task_uuid)}::uuid[], ${rows.map(({ page }) => page)}::integer[])
        AS again (task_uuid, page)
      WHERE find.task_uuid = again.task_uuid AND find.page = again.page AND find.state = 'failed'
      RETURNING find.task_uuid)
    UPDATE briefs.tasks AS task SET found = found - gone.finds
    FROM (SELECT task_uuid, count(*) AS finds FROM gone GROUP BY task_uuid) AS gone
    WHERE task.uuid = gone.task_uuid`.execute(query);
  return rows;
}

/** What waits again is running again, with all that it is a part of. */
async function reopen(query: QueryExecutorProvider, brief: string, again: readonly Again[]): Promise<void> {
  if (again.length === 0) return;
  const running = sql`state = 'running', reason = NULL, ended_at = NULL`;
  await sql`
    UPDATE briefs.tasks SET ${running}
    WHERE uuid = ANY(${again.map(({ task_uuid }) => task_uuid)}::uuid[])
      AND state IN ('finished', 'partial', 'failed')`.execute(query);
  await sql`
    UPDATE briefs.stages SET ${running}, export_state = 'none'
    WHERE uuid = ANY(${again.map(({ stage_uuid }) => stage_uuid)}::uuid[])
      AND state IN ('finished', 'partial', 'failed')`.execute(query);
  await sql`
    UPDATE briefs.briefs SET ${running}, again = again + 1
    WHERE uuid = ${brief} AND state IN ('finished', 'partial', 'failed')`.execute(query);
  await openRunsOf(query, {
    tasks: again.flatMap(({ task_uuid }) => task_uuid ?? []),
    stages: again.map(({ stage_uuid }) => stage_uuid),
    briefs: [brief],
  });
}

/** The condition on calls that a part stands for; a call's own is for it alone. */
function within(part: Part) {
  if ('brief' in part) return sql`brief_uuid = ${part.brief}`;
  if ('stage' in part) return sql`stage_uuid = ${part.stage}`;
  return 'task' in part ? sql`task_uuid = ${part.task}` : sql`id = ${part.call}`;
}

async function briefOf(query: QueryExecutorProvider, part: Part): Promise<string | undefined> {
  if ('brief' in part) return part.brief;
  const { rows } = await ('stage' in part
    ? sql<{ brief: string }>`SELECT brief_uuid AS brief FROM briefs.stages WHERE uuid = ${part.stage}`
    : 'task' in part
      ? sql<{ brief: string }>`SELECT brief_uuid AS brief FROM briefs.tasks WHERE uuid = ${part.task}`
      : sql<{ brief: string }>`SELECT brief_uuid AS brief FROM briefs.calls WHERE id = ${part.call}`
  ).execute(query);
  return rows[0]?.brief;
}

/**
 * Asks for the files of a brief, or of one of its stages, anew, from what is stored: its stages that have ended; resolves
 * to those, for the caller to send on. None of a brief that is another's than the named owner's.
 */
export async function exportAgain<T>(
  { query }: Pick<Database<T>, 'query'>,
  part: Extract<Part, { readonly brief: string } | { readonly stage: string }>,
  owner?: string,
): Promise<readonly string[]> {
  const own =
    owner === undefined
      ? sql``
      : sql`AND EXISTS (SELECT FROM briefs.briefs b WHERE b.uuid = brief_uuid AND b.owner = ${owner})`;
  const { rows } = await sql<{ uuid: string }>`
    UPDATE briefs.stages SET export_state = 'wanted', export_asked_at = now()
    WHERE ${'brief' in part ? sql`brief_uuid = ${part.brief}` : sql`uuid = ${part.stage}`} AND ended_at IS NOT NULL ${own}
    RETURNING uuid`.execute(query);
  return rows.map(({ uuid }) => uuid);
}
