import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { advanceBackfillEnv, backfillTurn } from '../contract.ts';
import { advanceBackfill } from './backfill-store.ts';

/** Moves backfills on, one piece at a time, at the environment's pace. */
export const handler = queueHandler({
  env: advanceBackfillEnv,
  message: backfillTurn,
  ledger: sendFailures,
  services: (env) =>
    advanceBackfill(openDatabase({ url: env.DATABASE_URL }), {
      start: queue(env.STARTS_QUEUE_URL),
      turn: queue(env.BACKFILLS_QUEUE_URL, { delaySeconds: env.BACKFILL_PACE_SECONDS }),
    }),
  handle: (turn, advance) => advance(turn),
});
