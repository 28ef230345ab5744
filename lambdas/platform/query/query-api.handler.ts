import { athenaQueries } from '#adapters/athena.ts';
import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { queryApiEnv } from '../contract.ts';
import { listedTables } from './query-tables.ts';
import { queryApi } from './routes.ts';

/** People's own questions about the files: outside of the network, where Athena is. */
export const handler = apiHandler({
  env: queryApiEnv,
  authenticate: authenticateAlone,
  services: (env) => ({
    engine: athenaQueries({ workGroup: env.ANALYTICS_WORK_GROUP, database: env.ANALYTICS_DATABASE }),
    tables: listedTables(),
    clock: systemClock,
  }),
  routes: queryApi,
});
