import { openDatabase } from '#adapters/database.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { refreshStatisticsEnv, refreshStatisticsInput, refreshStatisticsOutput } from './contract.ts';
import { refreshMonthlyStatistics } from './steps/refresh-statistics.ts';
import { statisticsRefresher } from './stores/statistics-store.ts';
import type { PresaleTables } from './stores/tables.ts';

/** `Refresh the statistics`: the months of the run's counties. */
export const handler = stepHandler({
  env: refreshStatisticsEnv,
  input: refreshStatisticsInput,
  output: refreshStatisticsOutput,
  services: (env) => ({ refresh: statisticsRefresher(openDatabase<PresaleTables>({ url: env.DATABASE_URL })) }),
  handle: refreshMonthlyStatistics,
});
