import { askFunction } from '#adapters/ask-function.ts';
import { askAthena } from '#adapters/athena.ts';
import { authenticateAlone } from '#adapters/callers/alone.ts';
import { systemClock } from '#adapters/clock.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { recommenderEnvelope } from './api/envelope.ts';
import { outsideApi } from './api/outside-routes.ts';
import { answerNumbersOutput, metricsApiEnv } from './contract.ts';
import { trainingsOf } from './registry/training-runs.ts';

/**
 * CTR, conversion and trainings: outside of the network, where Athena and Step Functions are; what the database holds is
 * asked of a function inside.
 */
export const handler = apiHandler({
  env: metricsApiEnv,
  authenticate: authenticateAlone,
  services: (env) => ({
    askDatabase: async (question: object) =>
      answerNumbersOutput.parse(await askFunction(env.ANSWER_NUMBERS_FUNCTION, question)),
    askFiles: askAthena({ workGroup: env.ANALYTICS_WORK_GROUP, database: env.ANALYTICS_DATABASE }),
    clock: systemClock,
    startTraining: trainingsOf(stateMachine(env.TRAINING_STATE_MACHINE)),
    today: () => systemClock().toISOString().slice(0, 10),
  }),
  routes: outsideApi,
  envelope: recommenderEnvelope,
});
