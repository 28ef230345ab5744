import { stepHandler } from '#kit/step-handler.ts';
import { runTurnEnv, turnInput, turnOutput } from './contract.ts';
import { workerPorts } from './stores/worker-store.ts';
import { runTurn } from './worker/run-turn.ts';

/** One turn of a long task: the state machine calls it until the task has ended. */
export const handler = stepHandler({
  env: runTurnEnv,
  input: turnInput,
  output: turnOutput,
  services: workerPorts,
  handle: runTurn,
});
