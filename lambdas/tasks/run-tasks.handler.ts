import { recordsHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { runTasksEnv } from './contract.ts';
import { workerPorts } from './stores/worker-store.ts';
import { runRecords } from './worker/run-records.ts';

/** The worker of short tasks: runs the functions of the tasks in a batch of its queue, side by side. */
export const handler = recordsHandler({
  env: runTasksEnv,
  ledger: sendFailures,
  services: (env) => ({ ...workerPorts(env), shift: { lane: 'short' as const, seconds: env.SHIFT_SECONDS } }),
  handleAll: runRecords,
});
