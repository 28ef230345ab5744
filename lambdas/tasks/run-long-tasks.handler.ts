import { recordsHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { runTasksEnv } from './contract.ts';
import { workerPorts } from './stores/worker-store.ts';
import { runRecords } from './worker/run-records.ts';

/** The worker of tasks that may take minutes: they fill no place of the short ones. */
export const handler = recordsHandler({
  env: runTasksEnv,
  ledger: sendFailures,
  services: (env) => ({ ...workerPorts(env), shift: { lane: 'long' as const, seconds: env.SHIFT_SECONDS } }),
  handleAll: runRecords,
});
