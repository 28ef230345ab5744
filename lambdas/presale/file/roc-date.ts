import { rocEpoch } from '../publication/season.ts';

/** A ROC date as the files have it, `1110713` or `990713`, as `2022-07-13`; `undefined` when there is no such day. */
export function rocDate(text: string): string | undefined {
  const [, rocYear, month, day] = /^(\d{2,3})(\d{2})(\d{2})$/.exec(text) ?? [];
  if (rocYear === undefined || Number(rocYear) === 0) return undefined;
  const iso = `${Number(rocYear) + rocEpoch}-${month}-${day}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // 1110230 parses as March 2.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : iso;
}
