import { slotsBetween, timetable } from 'eventbridge-timetable';
import { InvalidInputError, NotFoundError } from '#kit/errors.ts';
import type { KeptSchedule } from '../contract.ts';
import type { SlotRow } from '../runs/run.ts';
import type { Pause } from './pause.ts';

/** What lists tell of a schedule besides what it is. */
export interface ScheduleStanding {
  readonly schedule: string;
  readonly last: Pick<SlotRow, 'scheduled_at' | 'state' | 'run' | 'run_state'> | null;
  /** Slots that have not run yet. */
  readonly missed: number;
}

export interface ScheduleReader {
  standings(): Promise<readonly ScheduleStanding[]>;
  /** The newest first, at most `limit`. */
  slotsWithin(
    span: { readonly from: string; readonly to: string; readonly schedules: readonly string[] },
    limit: number,
  ): Promise<readonly SlotRow[]>;
}

const shownNext = 3;
// No plan reaches further than this; an expression whose year is over has no next slot.
const horizonMs = 400 * 86_400_000;

/** A schedule as lists have it. */
export function listedSchedule(
  schedule: KeptSchedule,
  pause: Pause | undefined,
  standing: ScheduleStanding | undefined,
  now: Date,
) {
  const { name, at, zone, catchUp, graceMinutes, enabled } = schedule;
  const runs = enabled && pause === undefined;
  const to = new Date(now.getTime() + horizonMs);
  return {
    schedule: name,
    workload: workloadOf(name),
    expression: at,
    time_zone: zone,
    catch_up: catchUp,
    grace_minutes: graceMinutes,
    enabled,
    paused: pause ? { at: pause.paused_at, by: pause.paused_by, note: pause.note } : null,
    last: standing?.last ?? null,
    missed: standing?.missed ?? 0,
    next: runs ? slotsBetween(timetable(at, zone), { after: now, to, limit: shownNext }) : [],
  };
}

/** Slots that are to come within a span, of schedules that are on; `undefined` when there are more than `limit`. */
export function plannedSlots(
  schedules: readonly KeptSchedule[],
  paused: ReadonlyMap<string, Pause>,
  { after, to, limit }: { readonly after: Date; readonly to: Date; readonly limit: number },
) {
  const planned = schedules
    .filter(({ enabled }) => enabled)
    .flatMap(({ name, at, zone }) =>
      slotsBetween(timetable(at, zone), { after, to, limit: limit + 1 }).map((scheduledAt) => ({
        schedule: name,
        scheduled_at: scheduledAt,
        state: paused.has(name) ? ('paused' as const) : ('planned' as const),
        run: null,
        run_state: null,
      })),
    );
  return planned.length > limit ? undefined : planned;
}

/** The schedules that a path names: one, or all of a workload. */
export function schedulesNamed(
  schedules: readonly KeptSchedule[],
  { workload, name }: { readonly workload: string; readonly name?: string | undefined },
): readonly KeptSchedule[] {
  const found = schedules.filter((one) =>
    name === undefined ? workloadOf(one.name) === workload : one.name === `${workload}/${name}`,
  );
  if (found.length > 0) return found;
  throw new NotFoundError(
    name === undefined ? `${workload} has no schedules.` : `There is no schedule ${workload}/${name}.`,
  );
}

/** The span of a calendar. Throws {@link InvalidInputError} for one that ends before it begins. */
export function calendarSpan({ from, to }: { readonly from: string; readonly to: string }): { from: Date; to: Date } {
  const span = { from: new Date(from), to: new Date(to) };
  if (span.to <= span.from) throw new InvalidInputError({ querystring: { to: ['Must lie after from.'] } });
  return span;
}

function workloadOf(schedule: string): string {
  return schedule.split('/')[0] ?? schedule;
}
