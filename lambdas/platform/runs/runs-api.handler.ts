import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { runsApiEnv } from '../contract.ts';
import { overviewReader } from '../overview/overview-store.ts';
import { savedQueries } from '../query/saved-queries-store.ts';
import { pauseBook } from '../schedules/pause-store.ts';
import { scheduleReader } from '../schedules/schedule-store.ts';
import { type RunsApiPorts, runsApi } from './api.ts';
import { backfillPlanner } from './plan-backfill-store.ts';
import { runReader } from './run-reader-store.ts';

/** Runs, slots and backfills over HTTP. */
export const handler = apiHandler({
  env: runsApiEnv,
  authenticate: authenticateCallers,
  services: ({ SCHEDULES: schedules, WORKLOADS: workloads, ...env }): RunsApiPorts => {
    const database = apiDatabase<unknown>(env.DATABASE_URL);
    const send = queue(env.BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return {
      reader: runReader(database),
      plan: backfillPlanner(database, { schedules, clock: systemClock, send }),
      overview: overviewReader(database),
      standings: scheduleReader(database),
      pauses: pauseBook(database),
      saved: savedQueries(database),
      start: queue(env.STARTS_QUEUE_URL),
      switch: queue(env.SWITCHES_QUEUE_URL),
      workloads,
      schedules,
      clock: systemClock,
    };
  },
  routes: runsApi,
});
