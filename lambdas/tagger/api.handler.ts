import { openDatabase } from '#adapters/database.ts';
import { secretField } from '#adapters/secrets.ts';
import { topicEnds } from '#adapters/stream/topic-ends.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { taggerApi } from './api/service-routes.ts';
import { taggerApiEnv } from './contract.ts';
import { defaultModel } from './model/default-model.ts';
import { failureView } from './stores/failure-view-store.ts';
import { serviceReader } from './stores/service-store.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

/** How the tagger's services are doing, and what they failed on. */
export const handler = apiHandler({
  env: taggerApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services: (env) => {
    const database = openDatabase({ url: env.DATABASE_URL, connectTimeoutMs });
    return {
      services: env.TAGGER_SERVICES,
      reader: serviceReader(database),
      ends: topicEnds(env),
      model: () => defaultModel().version,
      failures: failureView(database),
    };
  },
  routes: taggerApi,
});
