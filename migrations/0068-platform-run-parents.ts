import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** Runs have parents, and counts that are added while they run (docs/decisions/0068-counts-are-added-to-runs.md). */
export const platformRunParents: Migration = {
  async up(db) {
    // By name: a child may be in the book before its parent.
    await sql`ALTER TABLE platform.runs ADD COLUMN parent text COLLATE "C"`.execute(db);
    await sql`CREATE INDEX runs_by_parent ON platform.runs (workload, parent) WHERE parent IS NOT NULL`.execute(db);
    await sql`
      -- What was added to the counts of a running run, so that it is added once; gone with the run's end. Runs are never deleted.
      CREATE TABLE platform.run_additions (
        run_id bigint NOT NULL,
        execution text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        PRIMARY KEY (run_id, execution, key)
      )`.execute(db);
    await sql`
      CREATE OR REPLACE VIEW platform.all_runs AS
      SELECT id, NULL::uuid AS task_id, workload, name, kind, execution, slot, state, started_at, ended_at, rows_in,
        rows_out, rows_failed, rows_filtered, rows_waiting, lost, cost_usd, detail, parent
      FROM platform.runs
      UNION ALL
      SELECT NULL::bigint, task_id, workload, name, kind, execution, NULL::timestamptz, state, started_at, ended_at,
        rows_in, rows_out, rows_failed, rows_filtered, rows_waiting, 0::bigint, NULL::numeric, detail, NULL::text
      FROM platform.task_runs`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON platform.run_additions TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
