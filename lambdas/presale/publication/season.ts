import { PermanentError } from '#kit/errors.ts';

/** AD year = ROC year + 1911. */
export const rocEpoch = 1911;

// A season's file is of the quarter that starts with this month.
const firstMonths: readonly string[] = ['01', '04', '07', '10'];

// Deals have been registered since August 2012; the ministry's list of past seasons begins with that year's first.
const firstSeason = '101S1';

/** Why a season before the first is refused. */
export const beforeFirst = `Too early: the ministry has published no season before ${firstSeason}.`;

/** Whether a season lies before all that were published. */
export function isBeforeFirst(season: string): boolean {
  return seasonDate(season) < seasonDate(firstSeason);
}

/** The date a season stands under: day 2 of its first month, so that no ten-day publication has the same (110S4: 2021-10-02). */
export function seasonDate(season: string): string {
  const { rocYear, quarter } = partsOf(season);
  return `${rocYear + rocEpoch}-${firstMonths[quarter - 1]}-02`;
}

/**
 * The last day of a season's quarter (111S3: 2022-09-30). Its file holds the publications of the whole quarter and comes
 * out after it: it is newer than each of them, and older than the first of the next season.
 */
export function seasonEnd(season: string): string {
  const { rocYear, quarter } = partsOf(season);
  // Day 0 of the month after the quarter.
  return new Date(Date.UTC(rocYear + rocEpoch, quarter * 3, 0)).toISOString().slice(0, 10);
}

/** How new a run's rows are: the publication's date, or the last day of a season's quarter. */
export function asOf(run: { readonly season: string | null; readonly publication_date: string }): string {
  return run.season === null ? run.publication_date : seasonEnd(run.season);
}

/** The first day of the quarter that a date is in, which is its season's first publication date. */
export function seasonStart(date: string): string {
  const month = Number(date.slice(5, 7));
  return `${date.slice(0, 4)}-${firstMonths[Math.ceil(month / 3) - 1]}-01`;
}

/** The season whose quarter a date is in: 111S3 of 2022-09-11. */
export function seasonOf(date: string): string {
  return `${Number(date.slice(0, 4)) - rocEpoch}S${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}

/** The season before: 111S1 follows 110S4. */
export function seasonBefore(season: string): string {
  const { rocYear, quarter } = partsOf(season);
  return quarter > 1 ? `${rocYear}S${quarter - 1}` : `${rocYear - 1}S4`;
}

/** The seasons from one to another and with it, oldest first; at most `limit` of them, the newest. */
export function seasonsBetween(from: string, to: string, limit: number): string[] {
  const seasons: string[] = [];
  for (let season = to; seasonDate(season) >= seasonDate(from) && seasons.length < limit; season = seasonBefore(season))
    seasons.unshift(season);
  return seasons;
}

/** The season whose date this is, if one has it. */
export function seasonOfDate(date: string): string | undefined {
  const [year, month, day] = date.split('-');
  const quarter = firstMonths.indexOf(month ?? '') + 1;
  return day === '02' && quarter > 0 ? `${Number(year) - rocEpoch}S${quarter}` : undefined;
}

function partsOf(season: string): { rocYear: number; quarter: number } {
  const [, rocYear, quarter] = /^(\d{2,3})S([1-4])$/.exec(season) ?? [];
  if (rocYear === undefined || quarter === undefined) throw new PermanentError(`${season} is not a season`);
  return { rocYear: Number(rocYear), quarter: Number(quarter) };
}
