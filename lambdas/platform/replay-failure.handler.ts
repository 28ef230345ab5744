import { deliver } from '#adapters/doors.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { replayFailureEnv, replayMessage } from './contract.ts';
import { replayAttribute, replayName } from './failures/lineage.ts';

/** Puts a failure's input in at the door it came from. Outside of the VPC: only from there all doors are in reach. */
export const handler = queueHandler({
  env: replayFailureEnv,
  message: replayMessage,
  services: () => ({ deliver }),
  handle: ({ failure_id, attributes, ...work }, ports) =>
    ports.deliver({
      ...work,
      name: replayName(failure_id),
      attributes: { ...attributes, [replayAttribute]: String(failure_id) },
    }),
});
