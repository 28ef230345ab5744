import { askFunction } from '#adapters/ask-function.ts';
import { askAthena } from '#adapters/athena.ts';
import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { answerNumbersOutput, metricsApiEnv } from './contract.ts';
import { metricsApi } from './metrics/metrics-routes.ts';

/** CTR and conversion: outside of the network, where Athena is; what the database holds is asked of a function inside. */
export const handler = apiHandler({
  env: metricsApiEnv,
  authenticate: authenticateAlone,
  services: (env) => ({
    askDatabase: async (question: object) =>
      answerNumbersOutput.parse(await askFunction(env.ANSWER_NUMBERS_FUNCTION, question)),
    askFiles: askAthena({ workGroup: env.ANALYTICS_WORK_GROUP, database: env.ANALYTICS_DATABASE }),
    today: () => systemClock().toISOString().slice(0, 10),
  }),
  routes: metricsApi,
  envelope: recommenderEnvelope,
});
