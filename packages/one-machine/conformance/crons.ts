import { timetable } from 'eventbridge-timetable';
import { tryScript } from './clients.ts';
import type { Outcome } from './outcome.ts';

const start = '2026-01-30T23:59:00Z';
const times = 3;

// Every form of each field that EventBridge's guide names, joined in all ways that leave one of both day fields open.
const minutes = ['0/20', '5,50'];
const hours = ['*', '9', '22-23'];
const days = ['*', '15', 'L', '3W', '1/10', '28-31'];
const months = ['*', '2', 'JAN,JUL'];
const weekdays = ['MON-FRI', '1', '7L', '3#2', 'SUN,WED'];
const years = ['*', '2027'];

function expressions(): string[] {
  return minutes.flatMap((minute) =>
    hours.flatMap((hour) =>
      months.flatMap((month) =>
        years.flatMap((year) => [
          ...days.map((day) => `${minute} ${hour} ${day} ${month} ? ${year}`),
          ...weekdays.map((weekday) => `${minute} ${hour} ? ${month} ${weekday} ${year}`),
        ]),
      ),
    ),
  );
}

/** The next times of each expression by ours and by pyawscron, which reads them by AWS's grammar. */
export async function tryCrons(python: string): Promise<Outcome[]> {
  const given = expressions().map((expression) => ({ expression, times: nextTimes(expression) }));
  return tryScript(python, 'crons.py', { start, given });
}

function nextTimes(expression: string): string[] {
  const table = timetable(`cron(${expression})`, 'UTC');
  const found: string[] = [];
  for (let at = table.next(new Date(start)); at !== undefined && found.length < times; at = table.next(at)) {
    found.push(at.toISOString().slice(0, 16));
  }
  return found;
}
