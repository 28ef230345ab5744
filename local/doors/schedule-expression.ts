import { Cron } from 'croner';

/** The next times of an EventBridge Scheduler expression. */
export interface Timetable {
  /** The first slot after `after`; `undefined` when there is none. */
  next(after: Date): Date | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)`, `rate(value unit)` or `at(yyyy-mm-ddThh:mm:ss)`.
 * Source: EventBridge Scheduler User Guide, "Schedule types". Throws on anything else.
 */
export function timetable(expression: string, timeZone: string): Timetable {
  const [, kind, argument = ''] = /^(cron|rate|at)\(([^)]*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'cron') return cronTimetable(argument, timeZone);
  if (kind === 'rate') return rateTimetable(argument, expression);
  if (kind === 'at') return { next: (after) => new Cron(argument, { timezone: timeZone }).nextRun(after) ?? undefined };
  throw new Error(`Not a schedule expression: ${expression}`);
}

function cronTimetable(fields: string, timeZone: string): Timetable {
  const parts = fields.trim().split(/\s+/);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = parts;
  if (parts.length !== 6 || dayOfWeek === undefined)
    throw new Error(`A cron expression has six fields: cron(${fields})`);
  // Here 1 is Sunday, in cron 0 is; a question mark is "no matter", as a star is.
  const weekday = dayOfWeek.replaceAll(/(?<![#\d])\d+/g, (day) => String(Number(day) - 1));
  const pattern = ['0', minutes, hours, dayOfMonth, month, weekday, year].join(' ').replaceAll('?', '*');
  const cron = new Cron(pattern, { timezone: timeZone });
  return { next: (after) => cron.nextRun(after) ?? undefined };
}

function rateTimetable(argument: string, expression: string): Timetable {
  const [, value, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(argument.trim()) ?? [];
  const everyMs = Number(value) * (unitMs[unit] ?? Number.NaN);
  if (!(everyMs > 0)) throw new Error(`Not a schedule expression: ${expression}`);
  return { next: (after) => new Date(after.getTime() + everyMs) };
}
