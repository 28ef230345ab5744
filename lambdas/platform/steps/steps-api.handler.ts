import { askFunction } from '#adapters/ask-function.ts';
import { authenticateAsking } from '#adapters/callers/asking.ts';
import { executions } from '#adapters/executions.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { runAnswer, stepsApiEnv } from '../contract.ts';
import { stepsApi } from './routes.ts';

/** Answers with a run's steps. Runs outside the VPC, where Step Functions can be reached; a function inside reads the database. */
export const handler = apiHandler({
  env: stepsApiEnv,
  authenticate: authenticateAsking,
  services: (env) => ({
    book: async (run: object) => runAnswer.parse(await askFunction(env.ANSWER_RUN_FUNCTION, run)),
    executions: executions(),
    machines: env.MACHINES,
    closers: env.CLOSERS,
    close: askFunction,
  }),
  routes: stepsApi,
});
