import { authenticateCallers } from '#adapters/callers.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { presignedGet } from '#adapters/objects/presigned-get.ts';
import { addressChecker } from '#adapters/public-http/check-address.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { tasksEnvelope } from './api/envelope.ts';
import { tasksApiRoutes } from './api/routes.ts';
import { tasksApiEnv } from './contract.ts';
import { functions } from './functions/index.ts';
import { taskSends } from './stores/sends-queue.ts';
import { sweepStore } from './stores/sweep-store.ts';
import { taskStore } from './stores/task-store.ts';

/** Tasks over HTTP: submitted, asked for, ended, done again; and what functions there are. */
export const handler = apiHandler({
  env: tasksApiEnv,
  authenticate: (env) => authenticateCallers(env, { timestampFirst: true }),
  services: (env) => {
    const database = apiDatabase<unknown>(env.DATABASE_URL);
    const tasks = taskStore(database);
    const sweeps = sweepStore(database.query);
    const link = presignedGet(env.RAW_BUCKET);
    const sends = taskSends(env, { outcome: (id) => tasks.outcome(id), heard: (ids) => sweeps.heard(ids), link });
    return { functions, tasks, sends, link, checkCallback: addressChecker(env.PAGE_ALLOWED) };
  },
  routes: tasksApiRoutes,
  envelope: tasksEnvelope,
});
