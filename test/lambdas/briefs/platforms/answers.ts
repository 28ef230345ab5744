import type { FoundItem, PlatformAnswer } from '../../../../lambdas/briefs/platforms/platform.ts';

/** A platform's answer as its driver gets it. */
export function answered(body: unknown, over: Partial<PlatformAnswer> = {}): PlatformAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status: 200, contentType: 'application/json', url: 'http://127.0.0.1/search', text, ...over };
}

/** The articles among what was found. */
export function articlesOf(items: readonly FoundItem[]) {
  return items.flatMap((item) => (item.state === 'article' ? [item.article] : []));
}

/** What became of each item, in order. */
export function fatesOf(items: readonly FoundItem[]): string[] {
  return items.map((item) => (item.state === 'article' ? 'article' : `${item.state}: ${item.reason}`));
}

/** Of the crawl in these tests: 2026-11-29 10:00 in Shanghai. */
export const crawledAt = new Date('2026-11-29T02:00:00Z');
