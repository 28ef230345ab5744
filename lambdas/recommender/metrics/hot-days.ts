const dayMs = 24 * 60 * 60 * 1000;

/** The first day that the database holds as a whole: those past retention go one by one. */
export function hotFromOf(now: Date, hotDays: number): string {
  return new Date(now.getTime() - (hotDays - 1) * dayMs).toISOString().slice(0, 10);
}
