import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { readApi } from './api/read-api.ts';
import { readApiEnv } from './contract.ts';
import { dealReader } from './stores/deal-store.ts';
import { problemBook } from './stores/problem-book-store.ts';
import { runReader } from './stores/run-reader-store.ts';
import type { PresaleTables } from './stores/tables.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** Everything that is read over HTTP: deals, statistics, runs, problem rows. */
export const handler = apiHandler({
  env: readApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL, connectTimeoutMs });
    return {
      deals: dealReader(database),
      runs: runReader(database),
      problems: problemBook(database),
      clock: systemClock,
    };
  },
  routes: readApi,
});
