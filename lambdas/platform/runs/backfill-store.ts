import { sql } from 'kysely';
import { inTurns } from '#adapters/database/turns.ts';
import type { Database } from '#adapters/database.ts';
import type { StartMessage } from '../contract.ts';
import { type BackfillSends, nextStep, type Turn } from './advance-backfill.ts';
import { itemsOf } from './items-store.ts';

type Query = Database<unknown>['query'];

/** Moves a backfill on by one turn. A turn that is repeated starts nothing twice, for the starts are named. */
export function advanceBackfill(database: Database<unknown>, sends: BackfillSends) {
  const next = ({ id, turn }: { id: number; turn: number }) => sends.turn({ backfill_id: id, turn });
  const advance = inTurns(database, { table: 'platform.backfills', next }, async ({ query }, id) => {
    const step = nextStep(await itemsOf(query, id), new Date());
    if (step.kind === 'end') return 'ended';
    if (step.kind === 'start') await start(query, id, step.ordinal, sends);
    return step.kind === 'start' ? 'started' : 'waits';
  });
  return ({ backfill_id: id, turn }: Turn) => advance({ id, turn });
}

async function start(query: Query, id: number, ordinal: number, { start: send }: BackfillSends): Promise<void> {
  const { rows } = await sql<StartMessage>`
    UPDATE platform.backfill_items SET asked_at = now() WHERE backfill_id = ${id} AND ordinal = ${ordinal}
    RETURNING door, input, execution AS name`.execute(query);
  if (rows[0]) await send(rows[0]);
}
