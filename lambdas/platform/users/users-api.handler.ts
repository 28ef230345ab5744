import { keptUsers } from '#adapters/callers/kept-users.ts';
import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { usersApiEnv } from '../contract.ts';
import { usersApi } from './routes.ts';
import { userDirectory } from './user-changes-store.ts';

/** Who may call the API, over HTTP. */
export const handler = apiHandler({
  env: usersApiEnv,
  authenticate: authenticateCallers,
  services: (env) => ({
    directory: userDirectory(apiDatabase<unknown>(env.DATABASE_URL), keptUsers(env.USERS_SECRET)),
    clock: systemClock,
  }),
  routes: usersApi,
});
