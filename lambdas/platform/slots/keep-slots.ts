import type { Clock } from '#kit/clock.ts';
import type { SlotStart } from '#kit/schedule/schedule.ts';
import type { KeptSchedule, ScheduleSwitch } from '../contract.ts';
import type { PauseBook } from '../schedules/pause.ts';
import type { Settled, SlotBook, SlotSends } from './slot.ts';

export interface KeepSlotsPorts extends SlotSends {
  readonly schedules: readonly KeptSchedule[];
  readonly slots: Pick<SlotBook, 'settle' | 'skip'>;
  /** Slots whose schedules found nothing to do while the database slept. */
  readonly skipped: { take(one: (slot: SlotStart) => Promise<void>): Promise<number> };
  readonly pauses: Pick<PauseBook, 'open' | 'resumedSince'>;
  /** Makes EventBridge Scheduler stand as the book of pauses says. */
  readonly switch: (change: ScheduleSwitch) => Promise<void>;
  readonly clock: Clock;
  /** Workloads with something untold since before that time. */
  readonly untold: (before: Date) => Promise<readonly string[]>;
  /** Forgets counts of streams of before that time. */
  readonly forgetCounts: (before: Date) => Promise<unknown>;
  /** Adds to a metric. */
  readonly count: (name: string, value: number) => void;
}

// What is only of low severity rides along with another mail of its day; on the next it makes one of its own.
const ridesAlongMs = 24 * 60 * 60 * 1000;

// As long as the exports of edited tables: a year can be laid beside the one before it.
const countsKeptMs = 400 * 24 * 60 * 60 * 1000;

/**
 * Settles every schedule up to now, not up to the call's own slot: a late call has more to find, not less. It has the
 * database awake, so it also wakes the mailer for what no other mail has told for a day.
 */
export async function keepSlots(ports: KeepSlotsPorts): Promise<Readonly<Record<string, Settled>>> {
  const { schedules, slots, clock, count } = ports;
  const now = clock();
  const settled: Record<string, Settled> = {};
  const failed: unknown[] = [];
  // Before anything counts as missed.
  await ports.skipped.take(slots.skip);
  for (const schedule of schedules) {
    try {
      settled[schedule.name] = await slots.settle(schedule, now, ports);
    } catch (error) {
      // One schedule that can't be read doesn't hide the slots of the others.
      failed.push(error);
    }
  }
  count(
    'SlotsMissed',
    Object.values(settled).reduce((sum, { missed }) => sum + missed, 0),
  );
  await switchAnew(ports, now);
  await ports.forgetCounts(new Date(now.getTime() - countsKeptMs));
  await ports.wake(await ports.untold(new Date(now.getTime() - ridesAlongMs)));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} schedules could not be settled`);
  return settled;
}

// Messages live four days in their queue: whatever came late or in another order is put right after it.
const unsureMs = 4 * 24 * 60 * 60 * 1000;

/**
 * Says again how paused schedules, and those that were resumed lately, have to stand: a deployment that changes a schedule
 * turns it on, and messages may come in another order.
 */
async function switchAnew({ schedules, pauses, switch: tell }: KeepSlotsPorts, now: Date): Promise<void> {
  const paused = await pauses.open();
  const resumed = await pauses.resumedSince(new Date(now.getTime() - unsureMs));
  for (const { name, enabled } of schedules) {
    if (enabled && (paused.has(name) || resumed.includes(name))) await tell({ schedule: name, on: !paused.has(name) });
  }
}
