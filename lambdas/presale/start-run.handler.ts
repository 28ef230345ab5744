import { authenticateAsking } from '#adapters/callers/asking.ts';
import { systemClock } from '#adapters/clock.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { startApi } from './api/run-routes.ts';
import { type RunRequest, startRunEnv } from './contract.ts';
import { startRun } from './steps/start-run.ts';

/** A person's door: starts the run of a publication or a season. */
export const handler = apiHandler({
  env: startRunEnv,
  authenticate: authenticateAsking,
  services: (env) => {
    const machine = stateMachine(env.PRESALE_STATE_MACHINE);
    return { start: (request: RunRequest) => startRun(request, { machine, clock: systemClock }) };
  },
  routes: startApi,
});
