import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { runsApiEnv } from '../contract.ts';
import { overviewReader } from '../overview/overview-store.ts';
import { type RunsApiPorts, runsApi } from './api.ts';
import { backfillPlanner } from './plan-backfill-store.ts';
import { runReader } from './run-reader-store.ts';

/** Runs, slots and backfills over HTTP. */
export const handler = apiHandler({
  env: runsApiEnv,
  authenticate: authenticateCallers,
  services: ({ DATABASE_URL, BACKFILLS_QUEUE_URL, SCHEDULES: schedules, WORKLOADS: workloads }): RunsApiPorts => {
    const database = apiDatabase<unknown>(DATABASE_URL);
    const send = queue(BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return {
      reader: runReader(database),
      plan: backfillPlanner(database, { schedules, clock: systemClock, send }),
      overview: overviewReader(database),
      workloads,
      schedules,
      clock: systemClock,
    };
  },
  routes: runsApi,
});
