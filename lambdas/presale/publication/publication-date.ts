/** Days of the month on which the ministry publishes. */
const publicationDays = [1, 11, 21] as const;

// Taiwan has no daylight saving time.
const taipeiOffsetMs = 8 * 60 * 60 * 1000;

/** The date in Taiwan at an instant, `2022-09-11`. The only place that knows Taiwan's time. */
export function taipeiDate(instant: Date): string {
  return new Date(instant.getTime() + taipeiOffsetMs).toISOString().slice(0, 10);
}

/** Whether the ministry publishes on this date (days 1, 11 and 21). */
export function isPublicationDate(date: string): boolean {
  return publicationDays.some((day) => day === Number(date.slice(8)));
}

/** The publication that is due on a date: the newest on or before it. */
export function publicationDue(date: string): string {
  return isPublicationDate(date) ? date : publicationBefore(date);
}

/** The newest publication before a date, the date itself excluded. */
export function publicationBefore(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const inMonth = publicationDays.findLast((candidate) => candidate < day);
  if (inMonth !== undefined) return isoDate(year, month, inMonth);
  return month > 1 ? isoDate(year, month - 1, publicationDays[2]) : isoDate(year - 1, 12, publicationDays[2]);
}

/** The first publication after a date, the date itself excluded. */
export function publicationAfter(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const inMonth = publicationDays.find((candidate) => candidate > day);
  if (inMonth !== undefined) return isoDate(year, month, inMonth);
  return month < 12 ? isoDate(year, month + 1, publicationDays[0]) : isoDate(year + 1, 1, publicationDays[0]);
}

function isoDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
