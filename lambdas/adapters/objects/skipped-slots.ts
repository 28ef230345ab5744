import type { SlotStart } from '#kit/schedule/schedule.ts';
import { objectStore } from '../object-store.ts';

/** Slots whose schedules found nothing to do and let the database sleep: they wait as objects for who wakes it next. */
export interface SkippedSlots {
  put(slot: SlotStart): Promise<void>;
  /** Each is removed after it was taken; one that is taken twice is the same. */
  take(one: (slot: SlotStart) => Promise<void>): Promise<number>;
}

/** Where they lie. */
const prefix = 'platform/skipped-slots/';

/** In the raw bucket. */
export function skippedSlots(bucket: string): SkippedSlots {
  const store = objectStore(bucket);
  return {
    put: (slot) => store.put(`${prefix}${slot.schedule}/${slot.scheduled_time}.json`, JSON.stringify(slot)),
    async take(one) {
      let taken = 0;
      for await (const key of store.list(prefix)) {
        await one(JSON.parse(await store.readText(key)) as SlotStart);
        await store.remove(key);
        taken += 1;
      }
      return taken;
    },
  };
}
