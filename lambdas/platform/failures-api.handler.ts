import { apiDatabase } from '#adapters/api-database.ts';
import { authenticateCallers } from '#adapters/callers.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { failuresApiEnv } from './contract.ts';
import { ledger } from './failures/ledger-store.ts';
import type { PlatformTables } from './failures/matching-store.ts';
import { replays } from './failures/replays/replays-store.ts';
import * as bulk from './failures/replays/routes.ts';
import * as routes from './failures/routes.ts';

/** The failure ledger over HTTP. */
export const handler = apiHandler({
  env: failuresApiEnv,
  authenticate: authenticateCallers,
  services(env) {
    const database = apiDatabase<PlatformTables>(env.DATABASE_URL);
    const sendReplay = queue(env.REPLAYS_QUEUE_URL);
    return { ledger: ledger(database), replays: replays(database), sendReplay, machine: env.REPLAY_MACHINE };
  },
  routes: {
    'GET /platform/failures': routes.listFailures,
    'GET /platform/failures/{id}': routes.findFailure,
    'POST /platform/failures/discard': routes.discardFailures,
    'POST /platform/failures/replay': bulk.replayFailures,
    'POST /platform/failures/resolve': routes.resolveAllFailures,
    'POST /platform/failures/{id}/discard': routes.discardFailure,
    'POST /platform/failures/{id}/replay': routes.replayFailure,
    'POST /platform/failures/{id}/resolve': routes.resolveFailure,
    'GET /platform/replays': bulk.listReplays,
    'GET /platform/replays/{id}': bulk.findReplay,
    'POST /platform/replays/{id}/stop': bulk.stopReplay,
  },
});
