/** What of a slot the calendar shows. */
export interface CalendarSlot {
  readonly schedule: string;
  readonly scheduled_at: string;
  readonly state: string;
  readonly run_state: string | null;
}

/** A week that was and the week to come. */
const shownDays = 14;
const daysBack = 7;

/** The days that are shown, each by the reader's midnight, and the first moment behind them; `week` moves all of it. */
export function daysOf(now: Date, week: number): { readonly days: readonly Date[]; readonly end: Date } {
  // By the calendar, not by 24 hours: two days of a year have 23 and 25.
  const at = (day: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack + 7 * week + day);
  return { days: Array.from({ length: shownDays }, (_, day) => at(day)), end: at(shownDays) };
}

/** How a slot looks: what became of its run, where it has one, else of itself. */
function lookOf({ state, run_state }: CalendarSlot): string {
  return run_state === null || run_state === 'succeeded' ? state : run_state;
}

// The worst stands for a day.
const worst = ['failed', 'missed', 'partial', 'stopped', 'skipped', 'paused', 'running'];

export interface CalendarDay {
  /** How many slots look so, the worst first. */
  readonly looks: readonly (readonly [string, number])[];
}

/** The slots of one schedule, day by day. */
export function cellsOf(slots: readonly CalendarSlot[], days: readonly Date[]): readonly CalendarDay[] {
  // The last day that has begun.
  const byDay = Map.groupBy(slots, ({ scheduled_at }) => days.findLastIndex((day) => +day <= Date.parse(scheduled_at)));
  return days.map((_, day) => {
    const all = (byDay.get(day) ?? []).map(lookOf);
    const counted = [...Map.groupBy(all, (look) => look)].map(([look, same]) => [look, same.length] as const);
    return { looks: counted.toSorted(([one], [other]) => rankOf(one) - rankOf(other)) };
  });
}

function rankOf(look: string): number {
  // What is to come says nothing of what was.
  if (look === 'planned') return worst.length + 1;
  const rank = worst.indexOf(look);
  return rank === -1 ? worst.length : rank;
}
