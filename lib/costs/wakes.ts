import { timetable } from 'eventbridge-timetable';
import type { Assembly, Resource } from '../inventory/assembly.ts';

const minuteMs = 60_000;
/** A month of 730 hours, as AWS counts them. */
const monthMs = 730 * 60 * minuteMs;
/** An awake cluster has no less, whatever its minimum. Source: Aurora User Guide, "Scaling to zero ACUs". */
export const leastAwakeAcu = 0.5;
// A look itself, from the connection's opening to its end.
const lookMs = minuteMs;
// Any month would do: this one begins with a Friday.
const from = new Date('2027-01-01T00:00:00Z');

/** Hours a month that a database which pauses is awake, though no user asks anything of it. */
export interface Wakes {
  /** What looks: `platform/keep-slots`. */
  readonly looks: readonly string[];
  readonly hours: number;
}

/**
 * The looks of schedules whose function signs in to the database, or tells of its slot. Looks at known times share a wake
 * when they fall into one; a rate begins when its stack is made, so each of its looks is a wake of its own. What a
 * schedule decides before it looks (the recommender's markers in S3) wakes nothing: its function has no database.
 */
export function wakesOf(assembly: Assembly, pauseMinutes: number): Wakes {
  const looking = assembly.ofType('AWS::Scheduler::Schedule').filter((schedule) => looks(assembly, schedule));
  const awakeMs = lookMs + pauseMinutes * minuteMs;
  const rates = looking.filter(({ properties }) => String(properties.ScheduleExpression).startsWith('rate('));
  const known = looking.filter((schedule) => !rates.includes(schedule)).flatMap(timesOf);
  const ratesMs = rates.flatMap(timesOf).length * awakeMs;
  return {
    looks: looking.map(({ properties }) => String(properties.Description)),
    hours: (unionMs(known, awakeMs) + ratesMs) / (60 * minuteMs),
  };
}

function looks(assembly: Assembly, { stack, properties }: Resource): boolean {
  if (properties.State === 'DISABLED') return false;
  const called = assembly.referred(stack, (properties.Target as { readonly Arn: unknown }).Arn);
  const { Variables = {} } = (called?.properties.Environment ?? {}) as { readonly Variables?: Record<string, unknown> };
  // Who reads markers first tells of its slot only when it starts something.
  const tells = 'SLOTS_QUEUE_URL' in Variables && !('SCHEDULES_STATE_MACHINE' in Variables);
  return 'DATABASE_URL' in Variables || tells;
}

function timesOf({ properties }: Resource): readonly number[] {
  const table = timetable(String(properties.ScheduleExpression), String(properties.ScheduleExpressionTimezone));
  const times: number[] = [];
  // One before the month, so that a slot at its first minute counts.
  for (let at = table.next(new Date(from.getTime() - 1)); at; at = table.next(at)) {
    if (at.getTime() >= from.getTime() + monthMs) break;
    times.push(at.getTime());
    if (times.length > monthMs / minuteMs)
      throw new Error(`${properties.ScheduleExpression} runs more than each minute`);
  }
  return times;
}

/** How long anything of it goes on, where each begins at its time and lasts as long. */
function unionMs(times: readonly number[], lengthMs: number): number {
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const time of [...times].sort((a, b) => a - b)) {
    total += time + lengthMs - Math.max(time, end);
    end = time + lengthMs;
  }
  return total;
}
