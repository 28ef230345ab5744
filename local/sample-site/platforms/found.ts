import { type Random, randomFor } from '../generated/random.ts';
import { hashOf, type Post, postAt, postOfId } from './posts.ts';

/** What a page of results has in a place. */
export type Entry =
  | { readonly kind: 'post'; readonly post: Post; readonly random: Random }
  | { readonly kind: 'advertisement'; readonly random: Random }
  | { readonly kind: 'other'; readonly random: Random };

/** A page of results before a platform's shape. */
export interface FoundPage {
  readonly keyword: string;
  readonly entries: readonly Entry[];
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

/** What was searched for, by the hashes that ids begin with: details know an id alone. */
const known = new Map<number, string>();
// A keyword that is forgotten only shortens its posts' details.
const mostKnown = 10_000;

/** How many a search finds; a keyword of this text finds none. */
const nothingFor = '查无此词';
const results = 1200;

/** A page of what a platform finds. Beside posts there is an advertisement and a card of another kind now and then. */
export function search(
  {
    platform,
    keyword,
    page,
    size,
  }: {
    readonly platform: string;
    readonly keyword: string;
    readonly page: number;
    readonly size: number;
  },
  now: Date,
): FoundPage {
  const total = keyword.includes(nothingFor) ? 0 : results;
  const pages = Math.ceil(total / size);
  if (page < 1 || page > pages) return { keyword, entries: [], page, pages, total };
  remember(platform, keyword);
  const places = Array.from({ length: Math.min(size, total - (page - 1) * size) }, (_, i) => (page - 1) * size + i);
  const entries = places.map((place) => entryAt(platform, keyword, place, { first: (page - 1) * size, now }));
  return { keyword, entries, page, pages, total };
}

function entryAt(
  platform: string,
  keyword: string,
  place: number,
  { first, now }: { readonly first: number; readonly now: Date },
): Entry {
  const random = randomFor('entry', platform, keyword, place);
  const post = (at: number): Entry => ({ kind: 'post', post: postAt(platform, keyword, at, now), random });
  // The last one of the page before comes again, as lists do that grow while they are read.
  if (first > 0 && place === first && random.chance(0.5)) return post(place - 1);
  if (place % 25 === 4) return { kind: 'advertisement', random };
  if (place % 30 === 8) return { kind: 'other', random };
  return post(place);
}

function remember(platform: string, keyword: string): void {
  if (known.size >= mostKnown) known.clear();
  known.set(hashOf(platform, keyword), keyword);
}

/** The post that a detail is asked for. */
export function postNamed(platform: string, id: number): Post {
  return postOfId(platform, id, (hash) => known.get(hash) ?? '');
}
