import { slotsBetween, timetable } from 'eventbridge-timetable';
import type { Clock } from '#kit/clock.ts';
import { InvalidInputError } from '#kit/errors.ts';
import type { KeptSchedule } from '../contract.ts';
import { slotText, startOf } from '../slots/settle-slots.ts';

/** A request for every slot of a schedule between two moments, both included. */
export interface SlotRange {
  readonly schedule: string;
  readonly from: string;
  readonly to: string;
}

// A year of slots every day; more is several backfills, and a chance to look at the first.
const mostSlots = 400;

/**
 * The schedule and its slots within the range. Throws {@link InvalidInputError} when the schedule is unknown or the range is empty,
 * too large or in the future.
 */
export function slotsInRange(
  { schedule: name, from, to }: SlotRange,
  { schedules, clock }: { readonly schedules: readonly KeptSchedule[]; readonly clock: Clock },
): { readonly schedule: KeptSchedule; readonly slots: readonly Date[] } {
  const schedule = schedules.find((candidate) => candidate.name === name);
  if (!schedule) throw fault('schedule', `Must be one of: ${schedules.map((known) => known.name).join(', ')}.`);
  if (new Date(to) > clock()) throw fault('to', 'Lies in the future.');
  const after = new Date(new Date(from).getTime() - 1);
  const table = timetable(schedule.at, schedule.zone);
  const slots = slotsBetween(table, { after, to: new Date(to), limit: mostSlots + 1 });
  if (slots.length === 0) throw fault('from', 'No slot lies between from and to.');
  if (slots.length > mostSlots) throw fault('to', `More than ${mostSlots} slots: take a shorter range.`);
  return { schedule, slots };
}

/** A slot as one piece of a backfill. */
export function slotItem(schedule: KeptSchedule, scheduledAt: Date) {
  return {
    name: slotText(scheduledAt),
    scheduledAt,
    door: schedule.door,
    start: (backfillId: number) => {
      const { name: execution, input } = startOf(schedule, scheduledAt, `backfill ${backfillId}`);
      return { execution, input };
    },
  };
}

function fault(field: string, reason: string): InvalidInputError {
  return new InvalidInputError({ json: { [field]: [reason] } });
}
