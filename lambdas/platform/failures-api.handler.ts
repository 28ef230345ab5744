import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { bearerTokens } from '#kit/authentication.ts';
import { failuresApiEnv } from './contract.ts';
import { ledger, type PlatformTables } from './failures/ledger-store.ts';
import { discardFailure, discardFailures, findFailure, listFailures, replayFailure } from './failures/routes.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** The failure ledger over HTTP. */
export const handler = apiHandler({
  env: failuresApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => ({
    ledger: ledger(openDatabase<PlatformTables>({ url: env.DATABASE_URL, connectTimeoutMs })),
    sendReplay: queue(env.REPLAYS_QUEUE_URL),
  }),
  routes: {
    'GET /platform/failures': listFailures,
    'GET /platform/failures/{id}': findFailure,
    'POST /platform/failures/discard': discardFailures,
    'POST /platform/failures/{id}/discard': discardFailure,
    'POST /platform/failures/{id}/replay': replayFailure,
  },
});
