import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { failuresApiEnv } from './contract.ts';
import { failuresApi } from './failures/api.ts';
import { ledger } from './failures/ledger-store.ts';
import type { PlatformTables } from './failures/matching-store.ts';
import { replays } from './failures/replays/replays-store.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** The failure ledger over HTTP. */
export const handler = apiHandler({
  env: failuresApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services(env) {
    const database = openDatabase<PlatformTables>({ url: env.DATABASE_URL, connectTimeoutMs });
    const sendReplay = queue(env.REPLAYS_QUEUE_URL);
    return { ledger: ledger(database), replays: replays(database), sendReplay, machine: env.REPLAY_MACHINE };
  },
  routes: failuresApi,
});
