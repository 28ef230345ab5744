import { queue } from '#adapters/queue.ts';
import { stateMachine } from '#adapters/state-machine.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { startPublicationEnv } from './contract.ts';
import { startPublication } from './steps/start-publication.ts';

/** The schedule's door: starts the run of the publication that is due. */
export const handler = scheduleHandler({
  env: startPublicationEnv,
  services: (env) => ({ machine: stateMachine(env.PRESALE_STATE_MACHINE) }),
  handle: startPublication,
  slots: { told: (env) => queue(env.SLOTS_QUEUE_URL), run: ({ name }) => name },
});
