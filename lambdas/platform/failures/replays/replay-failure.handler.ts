import { deliver } from '#adapters/doors.ts';
import { objectStore } from '#adapters/object-store.ts';
import { executionInput } from '#adapters/state-machine.ts';
import { recordHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { replayFailureEnv } from '../../contract.ts';
import { putBack } from './put-back.ts';

const metrics = { delivered: 'ReplaysDelivered', again: 'ReplaysSentTwice', refused: 'ReplaysRefused' };

/** Puts a failure's input in at the door it came from. Outside of the VPC: only from there all doors are in reach. */
export const handler = recordHandler({
  env: replayFailureEnv,
  ledger: sendFailures,
  services: (env) => ({
    deliver,
    executionInput,
    bucket: objectStore(env.RAW_BUCKET),
    tell: sendFailures(env.FAILURES_QUEUE_URL),
  }),
  handle: async (record, ports) => count(metrics[await putBack(record, ports)]),
});
