import { rocEpoch } from '../publication/season.ts';

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** A ROC date as the files have it, `1110713` or `990713`, as `2022-07-13`; `undefined` when there is no such day. */
export function rocDate(text: string): string | undefined {
  if (!/^\d{6,7}$/.test(text)) return undefined;
  const rocYear = Number(text.slice(0, -4));
  const month = text.slice(-4, -2);
  const day = text.slice(-2);
  const year = rocYear + rocEpoch;
  const exists = rocYear > 0 && Number(day) > 0 && Number(day) <= daysOf(year, Number(month));
  return exists ? `${year}-${month}-${day}` : undefined;
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return leap && month === 2 ? 29 : (daysOfMonths[month - 1] ?? 0);
}
