import { sql } from 'kysely';
import { TransientError } from '#kit/errors.ts';
import type { Database, Session } from '../database.ts';

/** Which turn of which piece of work a message stands for. */
export interface Turn {
  readonly id: number;
  readonly turn: number;
}

export interface TurnOptions {
  /** Table of the work, with columns `id`, `turn`, `turn_at` and `ended_at`: `platform.backfills`. */
  readonly table: string;
  /** Sends the next turn, to come after its pause. */
  readonly next: (turn: Turn) => Promise<void>;
}

/** What one turn came to. `ended`: there is no next. */
export type TurnResult<R extends string> = R | 'ended' | 'repeated';

/**
 * Does one turn of work that goes on in another invocation. The row is locked, and counts only the message that carries
 * its turn: one that comes twice moves nothing. The next turn has left before this one is committed: a crash in between
 * repeats the turn, so what `work` starts must have names.
 */
export function inTurns<T, R extends string>(
  database: Pick<Database<T>, 'transaction'>,
  { table, next }: TurnOptions,
  work: (session: Session<T>, id: number) => Promise<R | 'ended'>,
): (turn: Turn) => Promise<TurnResult<R>> {
  return ({ id, turn }) =>
    database.transaction(async (session): Promise<TurnResult<R>> => {
      const { query } = session;
      const { rows } = await sql<{ turn: number; ended_at: Date | null }>`
        SELECT turn, ended_at FROM ${sql.table(table)} WHERE id = ${id} FOR UPDATE`.execute(query);
      const [row] = rows;
      // Its first turn may be sent before it is committed.
      if (!row) throw new TransientError(`${table} ${id} isn't written yet`);
      if (row.ended_at !== null || row.turn !== turn) return 'repeated';
      const result = await work(session, id);
      if (result === 'ended') {
        await sql`UPDATE ${sql.table(table)} SET ended_at = now() WHERE id = ${id}`.execute(query);
        return result;
      }
      await next({ id, turn: turn + 1 });
      await sql`UPDATE ${sql.table(table)} SET turn = turn + 1, turn_at = now() WHERE id = ${id}`.execute(query);
      return result;
    });
}
