import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { refreshStatisticsEnv, refreshStatisticsInput, refreshStatisticsOutput } from './contract.ts';
import { dealsQueue } from './parquet/deals-queue.ts';
import { refreshStatistics } from './steps/refresh-statistics.ts';
import { newProjectsRefresher } from './stores/new-projects-store.ts';
import { staleStatistics } from './stores/statistics/stale-statistics-store.ts';
import { statisticsRefresher } from './stores/statistics-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Refresh the statistics`: the months and the new projects of what was loaded. */
export const handler = stepHandler({
  env: refreshStatisticsEnv,
  input: refreshStatisticsInput,
  output: refreshStatisticsOutput,
  services: (env) => {
    const database = openDatabase<PresaleTables>({ url: env.DATABASE_URL });
    return {
      refresh: statisticsRefresher(database),
      refreshNewProjects: newProjectsRefresher(database),
      stale: staleStatistics(database),
      writeDeals: dealsQueue(env),
      clock: systemClock,
    };
  },
  handle: refreshStatistics,
});
