import { openDatabase } from '#adapters/database.ts';
import { presignedGet } from '#adapters/objects/presigned-get.ts';
import { queue } from '#adapters/queue.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { startScheduledEnv } from './contract.ts';
import { functions } from './functions/index.ts';
import { startScheduled } from './steps/start-scheduled.ts';
import { taskSends } from './stores/sends-queue.ts';
import { sweepStore } from './stores/sweep-store.ts';
import { taskStore } from './stores/task-store.ts';

/** The door of all schedules of functions: each slot is one task. */
export const handler = scheduleHandler({
  env: startScheduledEnv,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const tasks = taskStore(database);
    const sweeps = sweepStore(database.query);
    const link = presignedGet(env.RAW_BUCKET);
    const sends = taskSends(env, { outcome: (id) => tasks.outcome(id), heard: (ids) => sweeps.heard(ids), link });
    return { functions, tasks, sends };
  },
  handle: startScheduled,
  slots: { told: (env) => queue(env.SLOTS_QUEUE_URL), run: ({ task_id }) => task_id },
});
