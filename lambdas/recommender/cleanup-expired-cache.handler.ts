import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { count } from '#kit/telemetry.ts';
import { cleanUp } from './cleanup/clean-up.ts';
import { cleanupPorts } from './cleanup/cleanup-store.ts';
import { cleanUpEnv } from './contract.ts';

/** Forgets once a day what nobody reads any more, and says how much that was. */
export const handler = scheduleHandler({
  env: cleanUpEnv,
  services: (env) => ({
    ports: cleanupPorts(openDatabase<unknown>({ url: env.DATABASE_URL }), env),
    hotDays: env.HOT_DAYS,
  }),
  async handle({ scheduledAt }, { ports, hotDays }) {
    const cleaned = await cleanUp(scheduledAt, hotDays, ports);
    count('RecommendationsExpired', cleaned.recommendations);
    count('VectorsOrphaned', cleaned.vectors);
    count('BehaviorsRetired', cleaned.behaviors);
    count('BehaviorDaysWaiting', cleaned.waiting_days);
    return cleaned;
  },
  slots: { told: (env) => queue(env.SLOTS_QUEUE_URL), run: () => undefined },
});
