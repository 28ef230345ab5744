import { authenticateCallers } from '#adapters/callers.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { topicEnds } from '#adapters/stream/topic-ends.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { taggerApi } from './api/service-routes.ts';
import { taggerApiEnv } from './contract.ts';
import { defaultModel } from './model/default-model.ts';
import { failureView, hostCounts } from './stores/failure-view-store.ts';
import { serviceReader } from './stores/service-store.ts';

/** How the tagger's services are doing, and what they failed on. */
export const handler = apiHandler({
  env: taggerApiEnv,
  authenticate: authenticateCallers,
  services: (env) => {
    const database = apiDatabase(env.DATABASE_URL);
    return {
      services: env.TAGGER_SERVICES,
      reader: serviceReader(database),
      ends: topicEnds(env),
      model: () => defaultModel().version,
      failures: failureView(database),
      hosts: hostCounts(database),
    };
  },
  routes: taggerApi,
});
