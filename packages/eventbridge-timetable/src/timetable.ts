import { Cron } from 'croner';

/** The next times of an EventBridge Scheduler expression: one reading, for the runtime of one machine and for missed slots. */
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
  if (kind === 'at' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(argument)) return runsOf(argument, timeZone);
  throw new Error(`Not a schedule expression: ${expression}`);
}

// A bare `start/step` runs from its start to the end of the field.
const lastOfField = ['59', '23', '31', '12', '6', '2199'];
const dayOfMonth = 2;
const dayOfWeek = 4;

function cronTimetable(argument: string, timeZone: string): Timetable {
  const fields = argument.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`A cron expression has six fields: cron(${argument})`);
  if ((fields[dayOfMonth] === '?') === (fields[dayOfWeek] === '?'))
    throw new Error(`One of day-of-month and day-of-week is a question mark: cron(${argument})`);
  const pattern = fields.map((field, index) =>
    (index === dayOfWeek ? fromSunday(field) : field)
      .replaceAll(/(?<=^|,)(\d+)\//g, `$1-${lastOfField[index]}/`)
      // "No matter which", as a star is.
      .replace('?', '*'),
  );
  return runsOf(['0', ...pattern].join(' '), timeZone);
}

/** Here 1 is Sunday, in cron 0 is; `L` alone is the last day of the week. Steps and `#2` are counts, not days. */
function fromSunday(days: string): string {
  return days === 'L' ? '6' : days.replaceAll(/(?<![#/\d])\d+/g, (day) => String(Number(day) - 1));
}

/** A time that the clocks skip in spring is skipped, one that comes twice in autumn runs once. */
function runsOf(pattern: string, timezone: string): Timetable {
  const cron = new Cron(pattern, { timezone });
  const isRepeated = repetition(timezone);
  return {
    next(after) {
      let run = cron.nextRun(after);
      while (run && (!cron.match(run) || isRepeated(run))) run = cron.nextRun(run);
      return run ?? undefined;
    },
  };
}

// Clocks go back by an hour or less; by more only where a place changes its zone.
const longestRepetitionMs = 3 * 3_600_000;

/** Tells whether the clocks of a zone have shown this time before, in the hour that comes twice in autumn. */
function repetition(timeZone: string): (at: Date) => boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offsetMs = (at: number): number => {
    const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000);
  };
  return (at) => {
    const time = at.getTime();
    const before = offsetMs(time - longestRepetitionMs);
    const backMs = before - offsetMs(time);
    return backMs > 0 && offsetMs(time - backMs) === before;
  };
}

/** The slots after `after` up to and with `to`, oldest first; at most `limit` of them. */
export function slotsBetween(table: Timetable, { after, to, limit }: Span): Date[] {
  const slots: Date[] = [];
  for (let at = table.next(after); at && at <= to && slots.length < limit; at = table.next(at)) slots.push(at);
  return slots;
}

export interface Span {
  readonly after: Date;
  readonly to: Date;
  readonly limit: number;
}

function rateTimetable(argument: string, expression: string): Timetable {
  const [, value, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(argument.trim()) ?? [];
  const everyMs = Number(value) * (unitMs[unit] ?? Number.NaN);
  if (!(everyMs > 0)) throw new Error(`Not a schedule expression: ${expression}`);
  return { next: (after) => new Date(after.getTime() + everyMs) };
}
