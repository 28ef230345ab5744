import { slotsBetween, timetable } from 'eventbridge-timetable';
import type { KeptSchedule, StartMessage } from './contract.ts';
import type { CatchUp } from './slot.ts';

// A schedule that was away for months is settled in several looks, not in one transaction.
const slotsPerLook = 500;
const startsPerLook = 50;

const minuteMs = 60_000;
// A start that was asked for is told within minutes; a lost one is asked for again, but not for ever.
const askAgainMs = 60 * minuteMs;
const mostAsks = 5;

/** The slots that are due and not settled, and the moment up to which all are then. */
export function dueSlots(
  schedule: Pick<KeptSchedule, 'at' | 'zone' | 'graceMinutes' | 'enabled'>,
  settledTo: Date,
  now: Date,
): { readonly due: readonly Date[]; readonly settledTo: Date } {
  // First of all, so that a wrong expression is found at first sight.
  const table = timetable(schedule.at, schedule.zone);
  const to = new Date(now.getTime() - schedule.graceMinutes * minuteMs);
  if (to <= settledTo) return { due: [], settledTo };
  if (!schedule.enabled) return { due: [], settledTo: to };
  const due = slotsBetween(table, { after: settledTo, to, limit: slotsPerLook });
  return { due, settledTo: due.length === slotsPerLook ? (due.at(-1) ?? to) : to };
}

/** `run-once`: the newest stands for all before it. */
export const catchUp: CatchUp = (policy, open, now) => {
  const oldestFirst = [...open].sort((one, other) => one.scheduledAt.getTime() - other.scheduledAt.getTime());
  const kept = policy === 'run-all' ? oldestFirst : policy === 'run-once' ? oldestFirst.slice(-1) : [];
  const waits = now.getTime() - askAgainMs;
  const due = kept.filter(({ askedAt, asks }) => asks < mostAsks && (askedAt?.getTime() ?? 0) <= waits);
  return {
    ask: due.slice(0, startsPerLook).map(({ scheduledAt }) => scheduledAt),
    skip: oldestFirst.slice(0, oldestFirst.length - kept.length).map(({ scheduledAt }) => scheduledAt),
  };
};

/** The event that the schedule would have sent for the slot, and the function that sends it instead. */
export function startOf({ name, door }: KeptSchedule, scheduledAt: Date, startedBy: string): StartMessage {
  const scheduledTime = slotText(scheduledAt);
  const input = JSON.stringify({ scheduledTime, schedule: name, started_by: startedBy });
  return { door, input, name: `${name.replace('/', '-')}-${scheduledTime.replaceAll(/[-:]/g, '')}` };
}

/** As EventBridge Scheduler writes a slot's time: UTC without fractions. */
export function slotText(scheduledAt: Date): string {
  return scheduledAt.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
