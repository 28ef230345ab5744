import { authenticateCallers } from '#adapters/callers.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { failuresApiEnv } from '../contract.ts';
import { failuresApi } from './api.ts';
import { ledger } from './ledger-store.ts';
import type { PlatformTables } from './matching-store.ts';
import { replays } from './replays/replays-store.ts';

/** The failure ledger over HTTP. */
export const handler = apiHandler({
  env: failuresApiEnv,
  authenticate: authenticateCallers,
  services(env) {
    const database = apiDatabase<PlatformTables>(env.DATABASE_URL);
    const sendReplay = queue(env.REPLAYS_QUEUE_URL);
    return { ledger: ledger(database), replays: replays(database), sendReplay, machine: env.REPLAY_MACHINE };
  },
  routes: failuresApi,
});
