/** A publication, a deal or "today" as ISO text: `2022-09-11`. Text compares in date order. */
export type Day = string;

/** The season a publication belongs to, by the Taiwanese (ROC) year: `111S3`. */
export type Season = string;

const ROC_YEAR_ZERO = 1911;

/** Publications of one season: three months with three each. */
const PUBLICATION_DAYS = [1, 11, 21] as const;

/** The day on the wall in Taipei, which has no summer time, at a moment of the clock. */
export function dayInTaipei(at: Date): Day {
  const eightHoursMs = 8 * 60 * 60 * 1000;
  return new Date(at.getTime() + eightHoursMs).toISOString().slice(0, 10);
}

/** A calendar day; months below 1 and above 12 count into the years beside. */
export function day(year: number, month: number, dayOfMonth: number): Day {
  return new Date(Date.UTC(year, month - 1, dayOfMonth)).toISOString().slice(0, 10);
}

/** True for a day that exists: not for `2022-02-30` nor for text of another shape. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }

  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

/** Year, month (1..12) and day of the month. */
export function partsOf(date: Day): { year: number; month: number; dayOfMonth: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), dayOfMonth: Number(date.slice(8, 10)) };
}

/** The last publication date on or before a day. */
export function publicationOn(today: Day): Day {
  const { year, month, dayOfMonth } = partsOf(today);
  return day(year, month, PUBLICATION_DAYS.findLast((candidate) => candidate <= dayOfMonth) ?? 1);
}

/** The publication date after a day. */
export function publicationAfter(date: Day): Day {
  const { year, month, dayOfMonth } = partsOf(date);
  const next = PUBLICATION_DAYS.find((candidate) => candidate > dayOfMonth);
  return next === undefined ? day(year, month + 1, 1) : day(year, month, next);
}

/** The publication date before a day. */
export function publicationBefore(date: Day): Day {
  const { year, month, dayOfMonth } = partsOf(date);
  const previous = PUBLICATION_DAYS.findLast((candidate) => candidate < dayOfMonth);
  return previous === undefined ? day(year, month - 1, 21) : day(year, month, previous);
}

/** The days of the deals in a publication: the ten days that ended about forty days before it, as the site itself says. */
export function dealsOf(publication: Day): { from: Day; to: Day } {
  const { year, month, dayOfMonth } = partsOf(publicationOn(publication));
  if (dayOfMonth === 1) {
    return { from: day(year, month - 2, 11), to: day(year, month - 2, 20) };
  }

  return dayOfMonth === 11
    ? { from: day(year, month - 2, 21), to: day(year, month - 1, 0) }
    : { from: day(year, month - 1, 1), to: day(year, month - 1, 10) };
}

/** The publication whose ten days hold a deal of this day: the reverse of `dealsOf`. */
export function publicationOfDeal(deal: Day): Day {
  const { year, month, dayOfMonth } = partsOf(deal);
  if (dayOfMonth <= 10) {
    return day(year, month + 1, 21);
  }

  return day(year, month + 2, dayOfMonth <= 20 ? 1 : 11);
}

/** The season of a publication: S1..S4 begin in January, April, July and October. */
export function seasonOf(date: Day): Season {
  const { year, month } = partsOf(date);
  return `${year - ROC_YEAR_ZERO}S${Math.ceil(month / 3)}`;
}

/** The season before. */
export function seasonBefore(season: Season): Season {
  return seasonOf(publicationBefore(firstPublicationOf(season)));
}

/** True for text of the form `110S4`. */
export function isSeason(text: string): boolean {
  return /^\d{2,3}S[1-4]$/.test(text);
}

/** The first publication date of a season: 110S4 -> 2021-10-01. */
export function firstPublicationOf(season: Season): Day {
  const [rocYear, quarter] = season.split('S').map(Number);
  return day((rocYear ?? 0) + ROC_YEAR_ZERO, ((quarter ?? 1) - 1) * 3 + 1, 1);
}

/** The nine publication dates of a season, in order. */
export function publicationsOf(season: Season): Day[] {
  const { year, month } = partsOf(firstPublicationOf(season));
  return [0, 1, 2].flatMap((offset) => PUBLICATION_DAYS.map((dayOfMonth) => day(year, month + offset, dayOfMonth)));
}

/** A day as the files write it: 2022-07-13 -> 1110713. */
export function rocDate(date: Day): string {
  const { year } = partsOf(date);
  return `${year - ROC_YEAR_ZERO}${date.slice(5, 7)}${date.slice(8, 10)}`;
}

/** The day behind a ROC date of a file (1110713 -> 2022-07-13); undefined where there is none. */
export function dayOfRocDate(text: string): Day | undefined {
  if (!/^\d{6,7}$/.test(text)) {
    return undefined;
  }

  const year = Number(text.slice(0, -4)) + ROC_YEAR_ZERO;
  const date = `${year}-${text.slice(-4, -2)}-${text.slice(-2)}`;
  return isDay(date) ? date : undefined;
}
