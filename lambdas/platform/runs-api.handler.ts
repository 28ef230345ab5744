import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { runsApiEnv } from './contract.ts';
import { runsApi } from './runs/api.ts';
import { backfillPlanner } from './runs/plan-backfill-store.ts';
import { runReader } from './runs/run-reader-store.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** Runs, slots and backfills over HTTP. */
export const handler = apiHandler({
  env: runsApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: ({ DATABASE_URL, BACKFILLS_QUEUE_URL, SCHEDULES: schedules }) => {
    const database = openDatabase<unknown>({ url: DATABASE_URL, connectTimeoutMs });
    const send = queue(BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return { reader: runReader(database), plan: backfillPlanner(database, { schedules, clock: systemClock, send }) };
  },
  routes: runsApi,
});
