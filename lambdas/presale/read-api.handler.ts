import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { readApi } from './api/read-api.ts';
import { readApiEnv } from './contract.ts';
import { dealReader } from './stores/deal-store.ts';
import { problemBook } from './stores/problem-book-store.ts';
import { runReader } from './stores/run-reader-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** Everything that is read over HTTP: deals, statistics, runs, problem rows. */
export const handler = apiHandler({
  env: readApiEnv,
  authenticate: authenticateCallers,
  services: (env) => {
    const database = apiDatabase<PresaleTables>(env.DATABASE_URL);
    return {
      deals: dealReader(database),
      runs: runReader(database),
      problems: problemBook(database),
      clock: systemClock,
    };
  },
  routes: readApi,
});
