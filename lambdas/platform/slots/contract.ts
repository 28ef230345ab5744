import * as z from 'zod';
import { catchUpPolicies, type ScheduledTask, type SlotStart } from '#kit/schedule/schedule.ts';
import { jsonText } from '#kit/text/json.ts';

/** What the stack and the handlers of slots agree on. */

const text = z.string().min(1);

/** A schedule whose slots are kept. */
const keptSchedule = z.object({
  /** `presale/start-publication`. */
  name: z.string().regex(/^[a-z]+\/[a-z-]+$/),
  at: text,
  zone: text,
  catchUp: z.enum(catchUpPolicies),
  graceMinutes: z.number().nonnegative(),
  /** Off: no slot is due, and none is missed. */
  enabled: z.boolean(),
  /** ARN of the function that starts a slot's work. */
  door: text,
});

export type KeptSchedule = z.output<typeof keptSchedule>;

const { shape } = keptSchedule;
const row = z.tuple([
  shape.name,
  shape.at,
  shape.zone,
  shape.catchUp,
  shape.graceMinutes,
  shape.enabled,
  z.int().nonnegative(),
]);

/**
 * Every kept schedule of the app, as JSON: doors once, and of each schedule its values with the number of its door. A
 * function's variables have 4 KB together, an ARN takes 100 bytes of them, and many schedules share a door.
 */
export const scheduleList = jsonText(
  z.object({ doors: z.array(shape.door), schedules: z.array(row) }).transform(({ doors, schedules }) =>
    z.array(keptSchedule).parse(
      schedules.map(([name, at, zone, catchUp, graceMinutes, enabled, door]) => ({
        name,
        at,
        zone,
        catchUp,
        graceMinutes,
        enabled,
        door: doors[door],
      })),
    ),
  ),
);

/** The same list as it is written. */
export function writtenSchedules(kept: readonly KeptSchedule[]): object {
  const doors = [...new Set(kept.map(({ door }) => door))];
  const schedules = kept.map(
    ({ name, at, zone, catchUp, graceMinutes, enabled, door }) =>
      [name, at, zone, catchUp, graceMinutes, enabled, doors.indexOf(door)] satisfies z.input<typeof row>,
  );
  return { doors, schedules };
}

export const recordSlotsEnv = z.object({ DATABASE_URL: text });

/** One start, as the scheduled handlers tell it. */
export const slotStart = z.object({
  schedule: text,
  scheduled_time: z.iso.datetime({ offset: true }),
  run: text.optional(),
  started_by: text,
}) satisfies z.ZodType<SlotStart>;

export const keepSlotsEnv = z.object({
  DATABASE_URL: text,
  RAW_BUCKET: text,
  STARTS_QUEUE_URL: text,
  SWITCHES_QUEUE_URL: text,
  ALERTS_QUEUE_URL: text,
  SCHEDULES: scheduleList,
});

/** Work for a door: a slot of a schedule, or a run of a backfill. */
export const startMessage = z.object({ door: text, input: text, name: text });

export type StartMessage = z.output<typeof startMessage>;

/** The doors stand in the messages. */
export const startWorkEnv = z.object({});

/** How often the keeper looks is the environment's: it wakes a database that rests. */
export const keeperTask = {
  timeZone: 'Etc/UTC',
  impact: 'Slots that nobody ran are neither seen nor caught up.',
} as const satisfies Omit<ScheduledTask, 'at'>;
