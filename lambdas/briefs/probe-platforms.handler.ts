import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { dispatcher } from './collect/dispatcher-queue.ts';
import { probePlatforms } from './collect/probe-platforms.ts';
import { probePlatformsEnv } from './contract.ts';
import { probePlatform } from './stores/platform-store.ts';

/** Asks the platforms whether they still let us in, before a brief needs them. Its slots are not kept: the next will do. */
export const handler = scheduleHandler({
  env: probePlatformsEnv,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      settings: env.BRIEFS_PLATFORMS,
      probe: (name: Parameters<typeof probePlatform>[1]) =>
        probePlatform(database, name, { settings: env.BRIEFS_PLATFORMS, now: systemClock() }),
      ...dispatcher(env, database, systemClock),
    };
  },
  handle: (_slot, ports) => probePlatforms(ports),
});
