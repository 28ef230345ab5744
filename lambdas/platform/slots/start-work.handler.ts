import { deliver } from '#adapters/doors.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { startMessage, startWorkEnv } from '../contract.ts';

/** Starts what a missed slot or a backfill asks for. Outside of the VPC: only from there the doors are in reach. */
export const handler = queueHandler({
  env: startWorkEnv,
  message: startMessage,
  ledger: sendFailures,
  services: () => ({ deliver }),
  handle: (work, ports) => ports.deliver({ ...work, attributes: {} }),
});
