import { randomUUID } from 'node:crypto';
import { timetable } from 'eventbridge-timetable';
import type { ScheduleModel } from '../template/model.ts';

/** An event that its target has taken; `outcome` is what came of it, for a caller that waits. */
export interface Delivered {
  readonly outcome?: Promise<unknown>;
}

/** Hands a slot's event to the schedule's target; throws when the target did not take it. */
export type Deliver = (targetArn: string, input: unknown) => Promise<Delivered>;

export interface Scheduler {
  /** Runs a schedule now, as if its slot were `at`, and waits for what comes of it. */
  trigger(name: string, at?: Date): Promise<unknown>;
  names(): readonly string[];
  /** Each schedule's next slot. */
  upcoming(): readonly { readonly name: string; readonly at: Date | undefined }[];
  stop(): void;
}

export interface SchedulerOptions {
  readonly schedules: readonly ScheduleModel[];
  /** Whether a schedule is on, asked at each slot: one that is switched off or on is so from then on. */
  readonly isEnabled: (name: string) => boolean;
  readonly deliver: Deliver;
  /** Where an event goes that its target never took. */
  readonly bury: (deadLetter: string, schedule: ScheduleModel, input: unknown, error: unknown) => Promise<void>;
  readonly onError: (message: string) => void;
}

// setTimeout holds no more than 2^31 - 1 ms; a far slot is looked at again once a day.
const longestSleepMs = 24 * 60 * 60 * 1000;
const retryDelayMs = 1000;
const longestRetryDelayMs = 60_000;
// What a person asked for comes first.
const firstOfRateMs = 2000;

/** EventBridge Scheduler: slots in their zones, `<aws.scheduler.*>` filled in, few retries, then the dead letters. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const timers = new Map<string, NodeJS.Timeout>();
  const tables = new Map(
    options.schedules.map((schedule) => [schedule.name, timetable(schedule.expression, schedule.timeZone)]),
  );
  const slots = new Map<string, Date | undefined>();

  function arm(schedule: ScheduleModel, at: Date | undefined): void {
    slots.set(schedule.name, at);
    if (!at) return;
    const wait = () => {
      const left = at.getTime() - Date.now();
      if (left > 0) {
        timers.set(schedule.name, setTimeout(wait, Math.min(left, longestSleepMs)));
        return;
      }
      if (options.isEnabled(schedule.name))
        run(options, schedule, at).catch((error) => options.onError(`${schedule.name}: ${String(error)}`));
      arm(schedule, nextOf(schedule, at));
    };
    wait();
  }

  const nextOf = ({ name }: ScheduleModel, after: Date) => tables.get(name)?.next(after);
  for (const schedule of options.schedules) arm(schedule, firstOfRate(schedule) ?? nextOf(schedule, new Date()));
  return {
    names: () => options.schedules.map(({ name }) => name),
    upcoming: () =>
      options.schedules.map(({ name }) => ({ name, at: options.isEnabled(name) ? slots.get(name) : undefined })),
    async trigger(name, at = new Date()) {
      const schedule = options.schedules.find((candidate) => candidate.name === name);
      if (!schedule) throw new Error(`No schedule is named ${name}`);
      return (await run(options, schedule, at)).outcome;
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** EventBridge starts a rate at once. Here it also finds what was missed while the machine was off. */
function firstOfRate({ expression }: ScheduleModel): Date | undefined {
  return expression.startsWith('rate(') ? new Date(Date.now() + firstOfRateMs) : undefined;
}

async function run(options: SchedulerOptions, schedule: ScheduleModel, at: Date): Promise<Delivered> {
  const input: unknown = schedule.input === undefined ? {} : JSON.parse(filled(schedule.input, schedule, at));
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await options.deliver(schedule.target, input);
    } catch (error) {
      if (attempt < schedule.retries) {
        await pause(Math.min(longestRetryDelayMs, retryDelayMs * 2 ** attempt));
        continue;
      }
      if (schedule.deadLetter !== undefined) await options.bury(schedule.deadLetter, schedule, input, error);
      throw error;
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Source: EventBridge Scheduler User Guide, "Adding context attributes". Times are UTC without fractions. */
function filled(input: string, schedule: ScheduleModel, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', at.toISOString().replace(/\.\d{3}Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.name);
}
