import { createHash } from 'node:crypto';
import { readCount } from '../reading/count.ts';
import type { CrawledArticle } from './article.ts';

/** The figures that a platform may show as text. */
const figures = [
  'like',
  'read',
  'share',
  'comment',
  'collect',
  'play',
  'danmu',
  'download',
  'coin',
  'user_fans',
  'user_following',
  'user_posts',
] as const;

type Figures = Partial<Readonly<Record<(typeof figures)[number], unknown>>>;
type Told = Omit<CrawledArticle, (typeof figures)[number] | 'at_least'>;

/** What no platform tells of every article. */
const untold = {
  title: null,
  content: null,
  content_cut: false,
  user_name: null,
  user_id: null,
  user_url: null,
  tags: [],
  is_repost: false,
  note_type: null,
  cover_url: null,
  duration_seconds: null,
  platform_id: null,
} satisfies Partial<Told>;

type Needed = Omit<Told, keyof typeof untold> & Partial<Told>;

/** An article of what a platform tells; its figures are read as they are shown. */
export function articleOf(told: Needed, shown: Figures): CrawledArticle {
  const counts = figures.map((name) => [name, readCount(shown[name])] as const);
  const values = Object.fromEntries(counts.map(([name, count]) => [name, count?.value ?? null]));
  const at_least = counts.filter(([, count]) => count?.atLeast).map(([name]) => name);
  const article = { ...untold, ...told, ...(values as Record<(typeof figures)[number], number | null>), at_least };
  const { title, content, url, user_url, cover_url, tags, duration_seconds } = article;
  return {
    ...article,
    title: title && cut(title, longestTitle),
    content: content && cut(content, longestContent),
    content_cut: article.content_cut || (content?.length ?? 0) > longestContent,
    url: cut(url, longestAddress),
    user_url: user_url && cut(user_url, longestAddress),
    cover_url: cover_url && cut(cover_url, longestAddress),
    tags: tags.slice(0, mostTags).map((tag) => cut(tag, longestTag)),
    duration_seconds: duration_seconds !== null && duration_seconds <= longestSeconds ? duration_seconds : null,
    article_key: indexable(article.article_key),
    platform_id: article.platform_id === null ? null : indexable(article.platform_id),
    user_id: article.user_id === null ? null : indexable(article.user_id),
    user_name: article.user_name === null ? null : indexable(article.user_name),
  };
}

/**
 * No article has as much: together they stay far below the MiB that Kafka takes at once, so that a page with something
 * endless in it loses nothing else.
 */
export const longestContent = 100_000;
const longestTitle = 5000;
const longestAddress = 8192;
const mostTags = 200;
const longestTag = 200;
// An integer of PostgreSQL's.
const longestSeconds = 2 ** 31 - 1;

/** At most so many UTF-16 units of a text, and no half of a pair at its end. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

// An entry of PostgreSQL's index has 2,704 bytes at most, and a character in it up to three for each of UTF-16's units.
const longestIndexed = 500;

/** What articles are looked up by; one that is longer than any platform's is known by its beginning and its hash. */
function indexable(text: string): string {
  if (text.length <= longestIndexed) return text;
  const hash = createHash('sha256').update(text).digest('hex');
  return `${text.slice(0, longestIndexed - hash.length - 1).toWellFormed()}~${hash}`;
}

/** A figure for which the platform sends 0 where it doesn't know. */
export function unlessZero(shown: unknown): unknown {
  return shown === 0 || shown === '0' ? undefined : shown;
}

/** `#话题#` and `#topic ` in a text: what stands between the signs, each once. */
export function topicsBetween(text: string): string[] {
  return [...new Set([...text.matchAll(/#([^#\s][^#\n]{0,60}?)#/g)].map(([, topic = '']) => topic.trim()))];
}

/** `#养猫 #猫咪` and `#养猫#猫咪`: what follows a sign up to a blank or the next one, each once. */
export function topicsAfter(text: string): string[] {
  return [...new Set([...text.matchAll(/#([^#\s]{1,60})/g)].map(([, topic = '']) => topic))];
}

/** An address without a scheme of its own (`//i2.hdslb.com/x.jpg`) with one. */
export function withScheme(address: string | null): string | null {
  return address?.startsWith('//') ? `https:${address}` : address;
}
