import { authenticateCallers } from '#adapters/callers.ts';
import { topicStates } from '#adapters/stream/topic-states.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { topicsApiEnv } from '../contract.ts';
import { topicsApi } from './routes.ts';

/** How far topics are read: inside of the network, where the brokers are. */
export const handler = apiHandler({
  env: topicsApiEnv,
  authenticate: authenticateCallers,
  services: (env) => ({
    topics: topicStates(env, { topics: env.TOPIC_NAMES, readers: env.TOPIC_READERS }),
  }),
  routes: topicsApi,
});
