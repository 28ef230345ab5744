import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '#adapters/database.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { count } from '#kit/telemetry.ts';
import { checkCountsEnv } from './contract.ts';
import { checkCounts } from './steps/check-counts.ts';
import { serviceReader } from './stores/service-store.ts';

// The intake of the ledger takes seconds; its queue may be long for a while.
const pauseMs = 60_000;

/** Looks whether all that came in is somewhere. Its own slots are not kept: the next will do. */
export const handler = scheduleHandler({
  env: checkCountsEnv,
  services: (env) => ({
    services: env.TAGGER_SERVICES,
    counts: serviceReader(openDatabase({ url: env.DATABASE_URL })).counts,
    pause: () => sleep(pauseMs),
  }),
  async handle(_slot, ports) {
    const missing = await checkCounts(ports);
    count(
      'MessagesUnaccounted',
      Object.values(missing).reduce((sum, one) => sum + one, 0),
    );
    return missing;
  },
});
