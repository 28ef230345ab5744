import { type QueryExecutorProvider, sql } from 'kysely';
import type { TaskHost } from '#kit/task.ts';
import type { AfterEnd } from '../task.ts';

/** A task that seems to have no message. */
export interface Forgotten {
  readonly id: string;
  readonly name: string;
  readonly host: TaskHost;
}

export interface SweepStore {
  /** Tasks that no worker has although one should; marked as sent. At most `limit`. */
  forgotten(limit: number): Promise<readonly Forgotten[]>;
  /** Ended tasks whose caller hasn't been told. */
  unheard(limit: number): Promise<readonly AfterEnd[]>;
  /** Their callbacks are in the queue. */
  heard(ids: readonly string[]): Promise<void>;
  /** How many have no end yet, or a caller who wasn't told of it. */
  open(): Promise<number>;
  /** Keys and tasks older than they need to be, some thousands at a time; resolves to how many tasks went. */
  forget(olderThanDays: number): Promise<number>;
}

/** What keeps tasks from being stuck: rows tell what should have happened, whatever became of the messages. */
export function sweepStore(query: QueryExecutorProvider): SweepStore {
  return {
    async forgotten(limit) {
      // A message may just wait its turn: each time it is given twice as long. Those of state machines have their
      // execution, which is found by its name when it is started again.
      const { rows } = await sql<Forgotten>`
        WITH lost AS (
          SELECT id FROM tasks.tasks
          WHERE ended_at IS NULL AND (
            -- Between two turns nobody has a lease: that lasts as long as the execution that brings the next.
            status = 'STARTED' AND lease_until IS NULL
              AND sent_at < now() - make_interval(secs => 300 * (1 << least(resent, 8)))
            OR status = 'STARTED' AND lease_until < now() AND sent_at < now() - make_interval(secs => 30 * (1 << least(resent, 8)))
            OR status IN ('PENDING', 'RETRY')
              AND greatest(sent_at, due_at) < now() - make_interval(secs => 60 * (1 << least(resent, 8))))
          ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        UPDATE tasks.tasks t SET sent_at = now(), resent = resent + 1
        FROM lost WHERE t.id = lost.id RETURNING t.id, t.name, t.host`.execute(query);
      return rows;
    },
    async unheard(limit) {
      const { rows } = await sql<AfterEnd>`
        SELECT id, status, callback_url AS "callbackUrl" FROM tasks.tasks
        WHERE ended_at IS NOT NULL AND callback_url IS NOT NULL AND callback_sent_at IS NULL
          AND ended_at < now() - interval '15 seconds'
        ORDER BY ended_at LIMIT ${limit}`.execute(query);
      return rows;
    },
    async heard(ids) {
      if (ids.length === 0) return;
      await sql`UPDATE tasks.tasks SET callback_sent_at = now()
        WHERE id = ANY(${ids}::uuid[]) AND callback_sent_at IS NULL`.execute(query);
    },
    async open() {
      const { rows } = await sql<{ open: number }>`
        SELECT (SELECT count(*) FROM tasks.tasks WHERE ended_at IS NULL)
          + (SELECT count(*) FROM tasks.tasks
            WHERE ended_at IS NOT NULL AND callback_url IS NOT NULL AND callback_sent_at IS NULL) AS open`.execute(
        query,
      );
      return rows[0]?.open ?? 0;
    },
    async forget(olderThanDays) {
      await sql`DELETE FROM tasks.keys WHERE expires_at < now()`.execute(query);
      const { numAffectedRows } = await sql`
        DELETE FROM tasks.tasks WHERE id IN (
          SELECT id FROM tasks.tasks WHERE ended_at < now() - make_interval(days => ${olderThanDays})
          ORDER BY ended_at LIMIT 5000)`.execute(query);
      return Number(numAffectedRows ?? 0);
    },
  };
}
