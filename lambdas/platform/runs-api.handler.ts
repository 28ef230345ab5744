import { apiDatabase } from '#adapters/api-database.ts';
import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { runsApiEnv } from './contract.ts';
import { backfillPlanner } from './runs/plan-backfill-store.ts';
import * as routes from './runs/routes.ts';
import { runReader } from './runs/run-reader-store.ts';

/** Runs, slots and backfills over HTTP. */
export const handler = apiHandler({
  env: runsApiEnv,
  authenticate: authenticateCallers,
  services: ({ DATABASE_URL, BACKFILLS_QUEUE_URL, SCHEDULES: schedules }) => {
    const database = apiDatabase<unknown>(DATABASE_URL);
    const send = queue(BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return { reader: runReader(database), plan: backfillPlanner(database, { schedules, clock: systemClock, send }) };
  },
  routes: {
    'GET /platform/runs': routes.listRuns,
    'GET /platform/runs/{id}': routes.findRun,
    'GET /platform/runs/{workload}/{name}': routes.findNamedRun,
    'GET /platform/slots': routes.listSlots,
    'GET /platform/backfills': routes.listBackfills,
    'GET /platform/backfills/{id}': routes.findBackfill,
    'POST /platform/backfills': routes.postBackfill,
  },
});
