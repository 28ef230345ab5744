import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Pause, PauseBook } from './pause.ts';

/** The pauses of schedules, in platform.pauses. */
export function pauseBook(database: Database<unknown>): PauseBook {
  const { query } = database;
  return {
    async open() {
      const { rows } = await sql<Pause>`
        SELECT schedule, paused_at, paused_by, note FROM platform.pauses WHERE resumed_at IS NULL`.execute(query);
      return new Map(rows.map((pause) => [pause.schedule, pause]));
    },
    pause: (schedules, { who, note }, tell) =>
      database.transaction(async (session) => {
        const { rows } = await sql<{ schedule: string }>`
          INSERT INTO platform.pauses (schedule, paused_by, note)
          SELECT schedule, ${who}, ${note ?? null} FROM unnest(${schedules}::text[]) AS schedule ORDER BY schedule
          ON CONFLICT (schedule) WHERE resumed_at IS NULL DO NOTHING
          RETURNING schedule`.execute(session.query);
        return told(rows, tell);
      }),
    resume: (schedules, who, tell) =>
      database.transaction(async (session) => {
        const { rows } = await sql<{ schedule: string }>`
          UPDATE platform.pauses SET resumed_at = now(), resumed_by = ${who}
          WHERE schedule = ANY (${schedules}::text[]) AND resumed_at IS NULL RETURNING schedule`.execute(session.query);
        return told(rows, tell);
      }),
    async resumedSince(moment) {
      const { rows } = await sql<{ schedule: string }>`
        SELECT DISTINCT schedule FROM platform.pauses p WHERE resumed_at >= ${moment}
          AND NOT EXISTS (SELECT FROM platform.pauses o WHERE o.schedule = p.schedule AND o.resumed_at IS NULL)`.execute(
        query,
      );
      return rows.map(({ schedule }) => schedule);
    },
  };
}

async function told(
  rows: readonly { readonly schedule: string }[],
  tell: (schedules: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const schedules = rows.map(({ schedule }) => schedule).sort();
  await tell(schedules);
  return schedules;
}
