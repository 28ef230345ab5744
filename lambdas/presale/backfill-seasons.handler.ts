import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { backfillApi } from './api/backfill-routes.ts';
import { backfillSeasonsEnv } from './contract.ts';
import { seasonPlanner } from './stores/backfill-store.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** A person's door to past seasons: estimates a range of them, and starts it. */
export const handler = apiHandler({
  env: backfillSeasonsEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL, connectTimeoutMs });
    const send = queue(env.BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return { plan: seasonPlanner(database, { door: env.RUN_DOOR, send }), clock: systemClock };
  },
  routes: backfillApi,
});
