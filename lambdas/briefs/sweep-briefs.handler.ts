import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { sweepMessage } from './collect/messages.ts';
import { sweepBriefs } from './collect/sweep-briefs.ts';
import { sweepBriefsEnv } from './contract.ts';
import { sweepPorts } from './stores/retention-store.ts';

/** Looks after calls, articles and files that got lost, and runs again what a replay names. */
export const handler = queueHandler({
  env: sweepBriefsEnv,
  message: sweepMessage,
  ledger: sendFailures,
  services: (env) => ({
    ...sweepPorts(env, openDatabase<unknown>({ url: env.DATABASE_URL }), {
      bucket: objectStore(env.RAW_BUCKET),
      clock: systemClock,
    }),
    count,
  }),
  handle: sweepBriefs,
});
