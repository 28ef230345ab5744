import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { SlotRow } from '../runs/run.ts';
import type { ScheduleReader, ScheduleStanding } from './schedules.ts';

/** How schedules stand, by the book of slots. */
export function scheduleReader({ query }: Database<unknown>): ScheduleReader {
  const runState = sql`coalesce(r.state, (SELECT t.state FROM platform.task_runs t WHERE s.workload = 'tasks'
    AND t.task_id = CASE WHEN pg_input_is_valid(s.run, 'uuid') THEN s.run::uuid END))`;
  const withRun = sql`platform.slots s LEFT JOIN platform.runs r ON r.workload = s.workload AND r.name = s.run`;
  return {
    async standings() {
      const { rows } = await sql<ScheduleStanding>`
        SELECT c.name AS schedule,
          (SELECT json_build_object('scheduled_at', s.scheduled_at, 'state', s.state, 'run', s.run, 'run_state', ${runState})
            FROM ${withRun} WHERE s.schedule = c.name ORDER BY s.scheduled_at DESC LIMIT 1) AS last,
          (SELECT count(*) FROM platform.slots m WHERE m.schedule = c.name AND m.state = 'missed') AS missed
        FROM platform.schedules AS c`.execute(query);
      return rows.map(({ last, ...row }) => ({
        ...row,
        last: last && { ...last, scheduled_at: new Date(last.scheduled_at) },
      }));
    },
    async slotsWithin({ from, to, schedules }, limit) {
      const { rows } = await sql<SlotRow>`
        SELECT s.schedule, s.scheduled_at, s.state, s.run, ${runState} AS run_state
        FROM ${withRun} WHERE s.schedule = ANY (${schedules}::text[])
          AND s.scheduled_at >= ${from}::timestamptz AND s.scheduled_at < ${to}::timestamptz
        ORDER BY s.scheduled_at DESC, s.schedule LIMIT ${limit}`.execute(query);
      return rows;
    },
  };
}
