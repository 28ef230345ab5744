import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { backfillApi } from './api/backfill-routes.ts';
import { backfillSeasonsEnv } from './contract.ts';
import { seasonPlanner } from './stores/backfill-store.ts';

/** A person's door to past seasons: estimates a range of them, and starts it. */
export const handler = apiHandler({
  env: backfillSeasonsEnv,
  authenticate: authenticateCallers,
  services: (env) => {
    const database = apiDatabase<unknown>(env.DATABASE_URL);
    const send = queue(env.BACKFILLS_QUEUE_URL, { delaySeconds: 1 });
    return {
      plan: seasonPlanner(database, { counties: env.PRESALE_COUNTIES, door: env.RUN_DOOR, send }),
      clock: systemClock,
    };
  },
  routes: backfillApi,
});
