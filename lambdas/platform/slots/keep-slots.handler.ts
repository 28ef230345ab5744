import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { skippedSlots } from '#adapters/objects/skipped-slots.ts';
import { queue } from '#adapters/queue.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { count } from '#kit/telemetry.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { forgetStreamCounts } from '#record/stream-counts.ts';
import { alertMailStore } from '../alerts/alert-mail-store.ts';
import { keepSlotsEnv } from '../contract.ts';
import { pauseBook } from '../schedules/pause-store.ts';
import { keepSlots } from './keep-slots.ts';
import { slotBook } from './slot-store.ts';

/** Looks for missed slots and follows their schedules' policies. Its own slots are not kept, since the next one does the same work. */
export const handler = scheduleHandler({
  env: keepSlotsEnv,
  services: (env) => {
    const database = openDatabase({ url: env.DATABASE_URL });
    return {
      schedules: env.SCHEDULES,
      slots: slotBook(database),
      skipped: skippedSlots(env.RAW_BUCKET),
      untold: alertMailStore(database).overdue,
      pauses: pauseBook(database),
      ask: queue(env.STARTS_QUEUE_URL),
      switch: queue(env.SWITCHES_QUEUE_URL),
      wake: wakeAlerts(env.ALERTS_QUEUE_URL),
      forgetCounts: (before: Date) => forgetStreamCounts(database.query, before),
      clock: systemClock,
      count,
    };
  },
  handle: (_slot, ports) => keepSlots(ports),
});
