import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { TransientError } from '#kit/errors.ts';
import type { StartMessage } from '../contract.ts';
import { type BackfillSends, nextStep, type Turn } from './advance-backfill.ts';
import { itemsOf } from './items-store.ts';

type Query = Database<unknown>['query'];

/**
 * Moves a backfill on by one turn. The row is locked, and what is sent has left before the turn is over: a turn that comes
 * twice, or whose transaction fails, starts nothing twice, for the starts are named.
 */
export function advanceBackfill(database: Database<unknown>, sends: BackfillSends) {
  return (turn: Turn): Promise<'started' | 'waits' | 'ended' | 'repeated'> =>
    database.transaction(async ({ query }) => {
      const { rows } = await sql<{ turn: number; ended_at: Date | null }>`
        SELECT turn, ended_at FROM platform.backfills WHERE id = ${turn.backfill_id} FOR UPDATE`.execute(query);
      const [row] = rows;
      // Its first turn is sent before it is committed.
      if (!row) throw new TransientError(`Backfill ${turn.backfill_id} isn't written yet`);
      if (row.ended_at !== null || row.turn !== turn.turn) return 'repeated';
      const step = nextStep(await itemsOf(query, turn.backfill_id), new Date());
      if (step.kind === 'end') {
        await sql`UPDATE platform.backfills SET ended_at = now() WHERE id = ${turn.backfill_id}`.execute(query);
        return 'ended';
      }
      if (step.kind === 'start') await start(query, turn.backfill_id, step.ordinal, sends);
      await sends.turn({ ...turn, turn: turn.turn + 1 });
      await sql`
        UPDATE platform.backfills SET turn = turn + 1, turn_at = now() WHERE id = ${turn.backfill_id}`.execute(query);
      return step.kind === 'start' ? 'started' : 'waits';
    });
}

async function start(query: Query, id: number, ordinal: number, { start: send }: BackfillSends): Promise<void> {
  const { rows } = await sql<StartMessage>`
    UPDATE platform.backfill_items SET asked_at = now() WHERE backfill_id = ${id} AND ordinal = ${ordinal}
    RETURNING door, input, execution AS name`.execute(query);
  if (rows[0]) await send(rows[0]);
}
