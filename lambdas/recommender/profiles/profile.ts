/** What a user did within the window, as it is added up: of one scenario, or of several. */
export interface ProfileCounts {
  readonly actions: Readonly<Record<string, number>>;
  /** Days (UTC) with at least one action. */
  readonly days: readonly string[];
  readonly categories: Readonly<Record<string, number>>;
  readonly authors: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, number>>;
  /** 24 numbers, by the hour (UTC). */
  readonly hours: readonly number[];
  readonly last_at: Date;
}

export type Segment = 'high' | 'medium' | 'low';

/** A user, as others read it. */
export interface Profile {
  readonly actions: Readonly<Record<string, number>>;
  readonly total_actions: number;
  readonly active_days: number;
  readonly actions_per_day: number;
  /** Shares, the largest first. */
  readonly categories: readonly Preference[];
  readonly authors: readonly Preference[];
  readonly tags: readonly Preference[];
  readonly hours: readonly number[];
  readonly top_hours: readonly number[];
  readonly segment: Segment;
  readonly last_at: Date;
}

export interface Preference {
  readonly name: string;
  readonly share: number;
}

// From so many actions on an active day.
const highFrom = 10;
const mediumFrom = 3;
// More than are ever shown, and little enough for one row.
const mostPreferences = 50;

/** What the counts say: shares, the day's hours, and how much of a user this is. */
export function profileOf(counts: ProfileCounts): Profile {
  const total = sum(Object.values(counts.actions));
  const perDay = counts.days.length === 0 ? 0 : total / counts.days.length;
  return {
    actions: counts.actions,
    total_actions: total,
    active_days: counts.days.length,
    actions_per_day: perDay,
    categories: sharesOf(counts.categories),
    authors: sharesOf(counts.authors),
    tags: sharesOf(counts.tags),
    hours: counts.hours,
    top_hours: counts.hours
      .map((actions, hour) => ({ actions, hour }))
      .filter(({ actions }) => actions > 0)
      .sort((one, other) => other.actions - one.actions || one.hour - other.hour)
      .slice(0, 3)
      .map(({ hour }) => hour),
    segment: segmentOf(perDay),
    last_at: counts.last_at,
  };
}

/** By the actions of an active day. */
export function segmentOf(actionsPerDay: number): Segment {
  if (actionsPerDay >= highFrom) return 'high';
  return actionsPerDay >= mediumFrom ? 'medium' : 'low';
}

/** One user's counts of several scenarios together; a day in two of them is one day. */
export function together(all: readonly ProfileCounts[]): ProfileCounts | undefined {
  const [first, ...others] = all;
  if (!first) return undefined;
  return others.reduce(
    (one, other) => ({
      actions: added(one.actions, other.actions),
      days: [...new Set([...one.days, ...other.days])].sort(),
      categories: added(one.categories, other.categories),
      authors: added(one.authors, other.authors),
      tags: added(one.tags, other.tags),
      hours: one.hours.map((actions, hour) => actions + (other.hours[hour] ?? 0)),
      last_at: one.last_at > other.last_at ? one.last_at : other.last_at,
    }),
    first,
  );
}

function added(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  // A tag may be called `__proto__`.
  const sums = new Map(Object.entries(one));
  for (const [name, number] of Object.entries(other)) sums.set(name, (sums.get(name) ?? 0) + number);
  return Object.fromEntries(sums);
}

function sharesOf(counts: Readonly<Record<string, number>>): Preference[] {
  const all = sum(Object.values(counts));
  return Object.entries(counts)
    .map(([name, number]) => ({ name, share: number / all }))
    .sort((one, other) => other.share - one.share || (one.name < other.name ? -1 : 1))
    .slice(0, mostPreferences);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
