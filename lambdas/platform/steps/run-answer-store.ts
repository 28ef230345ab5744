import { sql } from 'kysely';
import * as z from 'zod';
import type { Database } from '#adapters/database.ts';
import type { RunAnswer } from './contract.ts';

// A brief has stages, a stage has a task for each keyword of each platform: more than a page can show is cut.
const mostParts = 500;

const isUuid = z.uuid();

/** Reads a run and the runs that are parts of it, for a function that has no database. */
export function runAnswers({ query }: Database<unknown>) {
  return async ({ workload, name }: { workload: string; name: string }): Promise<RunAnswer> => {
    // A task is named by its id as text, which no index covers; a name that is no id must not be cast to one.
    const ofTask = isUuid.safeParse(name).success ? sql`task_id = ${name}::uuid` : sql`FALSE`;
    const found = await sql<NonNullable<RunAnswer['run']>>`
      SELECT execution, kind, state, started_at, ended_at FROM platform.all_runs
      WHERE workload = ${workload} AND name = ${name} AND (task_id IS NULL OR ${ofTask})`.execute(query);
    const { rows } = await sql<RunAnswer['parts'][number]>`
      SELECT name, kind, state, started_at, ended_at, detail,
        json_build_object('in', rows_in, 'out', rows_out, 'failed', rows_failed, 'filtered', rows_filtered,
          'waiting', rows_waiting) AS counts
      FROM platform.runs WHERE workload = ${workload} AND parent = ${name}
      ORDER BY started_at, id LIMIT ${mostParts}`.execute(query);
    return { run: found.rows[0] ?? null, parts: rows };
  };
}
