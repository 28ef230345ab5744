import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * Tasks among the runs, without a second row for each: a view reads the row that there is. A task is one that came in, and
 * is out, failed, filtered (revoked: nobody wanted it any more) or waiting; it counts from when it was submitted.
 */
export const platformAllRuns: Migration = {
  async up(db) {
    await sql`
      CREATE VIEW platform.task_runs AS
      SELECT id AS task_id, 'tasks'::text COLLATE "C" AS workload, id::text COLLATE "C" AS name,
        'task'::text COLLATE "C" AS kind, id::text COLLATE "C" AS execution,
        (CASE status WHEN 'SUCCESS' THEN 'succeeded' WHEN 'FAILURE' THEN 'failed' WHEN 'REVOKED' THEN 'stopped'
          ELSE 'running' END) COLLATE "C" AS state,
        created_at AS started_at, ended_at, 1::bigint AS rows_in, (status = 'SUCCESS')::int::bigint AS rows_out,
        (status = 'FAILURE')::int::bigint AS rows_failed, (status = 'REVOKED')::int::bigint AS rows_filtered,
        (ended_at IS NULL)::int::bigint AS rows_waiting,
        json_build_object('function', tasks.name, 'username', username, 'status', status, 'attempts', attempts) AS detail
      FROM tasks.tasks`.execute(db);
    await sql`
      CREATE VIEW platform.all_runs AS
      SELECT id, NULL::uuid AS task_id, workload, name, kind, execution, slot, state, started_at, ended_at, rows_in,
        rows_out, rows_failed, rows_filtered, rows_waiting, lost, cost_usd, detail
      FROM platform.runs
      UNION ALL
      SELECT NULL::bigint, task_id, workload, name, kind, execution, NULL::timestamptz, state, started_at, ended_at,
        rows_in, rows_out, rows_failed, rows_filtered, rows_waiting, 0::bigint, NULL::numeric, detail
      FROM platform.task_runs`.execute(db);
    await sql`GRANT SELECT ON platform.task_runs, platform.all_runs TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
