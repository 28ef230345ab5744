import { deliver } from '#adapters/doors.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { startMessage, startWorkEnv } from '../contract.ts';

/** Starts the work of a missed slot or a backfill. Runs outside the VPC, since the doors can only be reached from there. */
export const handler = queueHandler({
  env: startWorkEnv,
  message: startMessage,
  ledger: sendFailures,
  services: () => ({ deliver }),
  handle: (work, ports) => ports.deliver({ ...work, attributes: {} }),
});
