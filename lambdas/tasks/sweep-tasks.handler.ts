import { openDatabase } from '#adapters/database.ts';
import { presignedGet } from '#adapters/objects/presigned-get.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { sweepMessage, sweepTasksEnv } from './contract.ts';
import { sweepTasks } from './steps/sweep-tasks.ts';
import { taskSends } from './stores/sends-queue.ts';
import { sweepStore } from './stores/sweep-store.ts';
import { taskStore } from './stores/task-store.ts';

/** Looks after tasks whose messages or workers got lost; comes again as long as tasks are open. */
export const handler = queueHandler({
  env: sweepTasksEnv,
  message: sweepMessage,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const sweeps = sweepStore(database.query);
    const tasks = taskStore(database);
    return {
      sweeps,
      count,
      keepDays: env.TASKS_KEEP_DAYS,
      sends: taskSends(env, {
        outcome: (id) => tasks.outcome(id),
        heard: (ids) => sweeps.heard(ids),
        link: presignedGet(env.RAW_BUCKET),
      }),
    };
  },
  handle: (_wake, ports) => sweepTasks(ports),
});
