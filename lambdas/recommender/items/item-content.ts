import { createHash } from 'node:crypto';

type Metadata = Readonly<Record<string, unknown>>;

/** What of an item's metadata is used; all of it is kept beside this. */
export interface ItemContent {
  readonly title: string | null;
  readonly description: string | null;
  readonly category: string | null;
  readonly author: string | null;
  readonly tags: readonly string[];
  readonly publish_time: Date | null;
  readonly view_count: number | null;
  readonly like_count: number | null;
  readonly completion_rate: number | null;
}

/** Reads metadata of whatever form: what isn't of its kind says nothing, for the sender's schema is not ours. */
export function contentOf(metadata: Metadata): ItemContent {
  return {
    title: textIn(metadata.title),
    description: textIn(metadata.description),
    category: textIn(metadata.category),
    author: textIn(metadata.author),
    tags: tagsIn(metadata.tags),
    publish_time: momentIn(metadata.publish_time),
    view_count: countIn(metadata.view_count),
    like_count: countIn(metadata.like_count),
    completion_rate: shareIn(metadata.completion_rate),
  };
}

/** By it a vector is known to be that of this content. */
export function contentHash(metadata: Metadata, embedding: readonly number[] | null): string {
  return createHash('sha256')
    .update(JSON.stringify([metadata, embedding]))
    .digest('hex')
    .slice(0, 32);
}

function textIn(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A list, or one text with commas between. */
function tagsIn(value: unknown): readonly string[] {
  const given = typeof value === 'string' ? value.split(/[,，;；|]/) : Array.isArray(value) ? value : [];
  return [...new Set(given.flatMap((one) => textIn(one) ?? []))];
}

// A number below it counts seconds: in milliseconds it would be before March 1973.
const leastMilliseconds = 100_000_000_000;

/** ISO 8601, or a number of seconds or milliseconds since 1970. */
function momentIn(value: unknown): Date | null {
  // Nothing else is asked for its number: an object may have a toString of its own, which is no function.
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{9,13}$/.test(value));
  const number = Number(value);
  const read = isNumber ? new Date(number < leastMilliseconds ? number * 1000 : number) : new Date(value);
  const year = read.getUTCFullYear();
  return year >= 1 && year <= 9999 ? read : null;
}

function numberIn(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function countIn(value: unknown): number | null {
  const number = numberIn(value);
  return number !== null && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.floor(number) : null;
}

function shareIn(value: unknown): number | null {
  const number = numberIn(value);
  return number !== null && number >= 0 && number <= 1 ? number : null;
}
