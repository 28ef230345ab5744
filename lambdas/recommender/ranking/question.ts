import type { ProfileCounts } from '../profiles/profile.ts';

/** What narrows an answer down. */
export interface Filters {
  readonly exclude_items: readonly string[];
  readonly category?: string | undefined;
  /** Items with one of them at least. */
  readonly tags: readonly string[];
  readonly published_after?: Date | undefined;
}

/** What a back end knows of a user, for users without a history. */
export interface AskingContext {
  readonly device_type?: string | undefined;
  readonly os?: string | undefined;
  readonly location?: string | undefined;
  /** Words for what this user likes: tags or categories. */
  readonly interests: readonly string[];
}

/** One thing that a user did with an item, the newest of its kind first. */
export interface Deed {
  readonly item: string;
  /** What the strongest action counts, less by what time has passed; below 0 for a dislike. */
  readonly weight: number;
  readonly at: Date;
  readonly category: string | null;
  readonly tags: readonly string[];
}

/** How much a user likes tags and categories, as shares. */
export interface Tastes {
  readonly tags: ReadonlyMap<string, number>;
  readonly categories: ReadonlyMap<string, number>;
}

const members = {
  device_type: ['device_type', 'device'],
  os: ['os'],
  location: ['location', 'city'],
} as const;

// The names that back ends give to what users say about themselves.
const interestMembers = ['interests', 'interest', 'tags', 'category', 'categories', 'preferences', 'favorite_tags'];
const mostInterests = 20;

/** Reads the context as clients give it: anything they know, flat or below `user` or `attributes`. */
export function readContext(given: Readonly<Record<string, unknown>>): AskingContext {
  const places = [given, given.user, given.attributes, given.user_attributes].filter(isRecord);
  const text = (names: readonly string[]) =>
    places
      .flatMap((place) => names.map((name) => place[name]))
      .find((value) => typeof value === 'string' && value !== '');
  const interests = places
    .flatMap((place) => interestMembers.map((name) => place[name]))
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string' && value !== '');
  return {
    device_type: text(members.device_type) as string | undefined,
    os: text(members.os) as string | undefined,
    location: text(members.location) as string | undefined,
    interests: [...new Set(interests as string[])].slice(0, mostInterests),
  };
}

/** Whose hot items are read: those of all users, and of users with the same device, system or place. */
export function audiencesOf({ device_type, os, location }: AskingContext): string[] {
  return [
    '',
    ...(device_type && device_type !== 'unknown' ? [`device:${device_type}`] : []),
    ...(os ? [`os:${os}`] : []),
    ...(location ? [`location:${location}`] : []),
  ];
}

/**
 * What a month and the newest deeds say of tastes, and what users say themselves: the newest counts, and the month for as much
 * as it. What was disliked says nothing for its tags.
 */
export function tastesOf(
  deeds: readonly Deed[],
  profile: Pick<ProfileCounts, 'tags' | 'categories'> | undefined,
  interests: readonly string[],
): Tastes {
  const newest = deeds.reduce((sum, { weight }) => sum + Math.max(0, weight), 0) || 1;
  const tags = scaled(profile?.tags, newest);
  const categories = scaled(profile?.categories, newest);
  const add = (to: Map<string, number>, name: string, weight: number) => to.set(name, (to.get(name) ?? 0) + weight);
  for (const deed of deeds) {
    if (deed.weight <= 0) continue;
    for (const tag of deed.tags) add(tags, tag, deed.weight);
    if (deed.category) add(categories, deed.category, deed.weight);
  }
  for (const interest of interests) {
    add(tags, interest, 1);
    add(categories, interest, 1);
  }
  return { tags: strongest(tags), categories: strongest(categories) };
}

function scaled(counts: Readonly<Record<string, number>> = {}, to: number): Map<string, number> {
  const sum = Object.values(counts).reduce((total, number) => total + number, 0);
  return new Map(Object.entries(counts).map(([name, number]) => [name, (number / sum) * to]));
}

// Each is one look into an index.
const mostTastes = 20;

function strongest(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const first = [...weights].sort(([, one], [, other]) => other - one).slice(0, mostTastes);
  const sum = first.reduce((total, [, weight]) => total + weight, 0);
  return new Map(first.map(([name, weight]) => [name, weight / sum]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
