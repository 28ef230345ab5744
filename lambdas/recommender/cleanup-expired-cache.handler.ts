import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { count } from '#kit/telemetry.ts';
import { cleanUp } from './cleanup/clean-up.ts';
import { cleanupPorts } from './cleanup/cleanup-store.ts';
import { cleanUpEnv } from './contract.ts';

/** Removes once a day what is no longer read, and reports how much that was. */
export const handler = scheduleHandler({
  env: cleanUpEnv,
  services: (env) => ({
    ports: cleanupPorts(openDatabase<unknown>({ url: env.DATABASE_URL }), env),
    times: { hotDays: env.HOT_DAYS, modelDays: env.MODEL_DAYS },
  }),
  async handle({ scheduledAt }, { ports, times }) {
    const cleaned = await cleanUp(scheduledAt, times, ports);
    count('RecommendationsExpired', cleaned.recommendations);
    count('VectorsOrphaned', cleaned.vectors);
    count('BehaviorsRetired', cleaned.behaviors);
    count('BehaviorDaysWaiting', cleaned.waiting_days);
    count('BehaviorsPastRetention', cleaned.past_behaviors);
    count('BehaviorDaysUncounted', cleaned.uncounted_days);
    count('ModelFilesRemoved', cleaned.models);
    count('SparkFilesRemoved', cleaned.spark_files);
    return cleaned;
  },
  slots: { told: (env) => queue(env.SLOTS_QUEUE_URL), run: () => undefined },
});
