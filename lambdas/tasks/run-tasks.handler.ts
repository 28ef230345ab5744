import { sendFailures } from '#adapters/failure-sender.ts';
import { recordsHandler } from '#kit/queue-handler.ts';
import { runTasksEnv } from './contract.ts';
import { workerPorts } from './stores/worker-store.ts';
import { runRecords } from './worker/run-records.ts';

/** The worker: runs the functions of the tasks in a batch of its queue, side by side. */
export const handler = recordsHandler({
  env: runTasksEnv,
  ledger: sendFailures,
  services: workerPorts,
  handleAll: runRecords,
});
