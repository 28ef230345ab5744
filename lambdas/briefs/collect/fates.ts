import type { CrawledArticle } from '../article/article.ts';
import type { FoundItem } from '../platforms/platform.ts';

/** What becomes of one item of a page. */
export type Fate = { readonly place: string; readonly articleKey: string | undefined } & (
  | { readonly state: 'sent'; readonly article: CrawledArticle }
  | { readonly state: 'dropped'; readonly reason: DropReason }
  | { readonly state: 'failed'; readonly reason: 'unreadable-time'; readonly shown: string }
);

/** Why something found is no article of its brief. `repeat`: the keyword, or another of the stage, has it already. */
export type DropReason = 'advertisement' | 'no-content' | 'not-an-article' | 'out-of-range' | 'over-limit' | 'repeat';

/** Where a task stands when a page of it is read. */
export interface TaskSoFar {
  /** Articles that may still be taken. */
  readonly room: number;
  /** Keys that it was brought before. */
  readonly known: ReadonlySet<string>;
  /** The range of post times: from its first moment to the one after its last. */
  readonly from: Date;
  readonly until: Date;
}

/** Decides over a page's items in their order. */
export function fatesOf(items: readonly FoundItem[], { room, known, from, until }: TaskSoFar): readonly Fate[] {
  const seen = new Set(known);
  let left = room;
  return items.map((item): Fate => {
    const { place } = item;
    if (item.state === 'dropped') return { place, articleKey: undefined, state: 'dropped', reason: item.reason };
    if (item.state === 'problem')
      return { place, articleKey: undefined, state: 'failed', reason: item.reason, shown: item.shown };
    const { article } = item;
    const dropped = (reason: DropReason): Fate => ({
      place,
      articleKey: article.article_key,
      state: 'dropped',
      reason,
    });
    if (seen.has(article.article_key)) return dropped('repeat');
    const posted = new Date(article.post_time);
    if (posted < from || posted >= until) return dropped('out-of-range');
    if (left === 0) return dropped('over-limit');
    seen.add(article.article_key);
    left -= 1;
    return { place, articleKey: article.article_key, state: 'sent', article };
  });
}

/** A fate as it was written down. */
export interface WrittenFate {
  readonly place: string;
  readonly state: string;
  readonly reason: string | null;
}

/**
 * Whether a search goes on after this page: not when the limit is reached, when it brought nothing that the pages before
 * hadn't, or when all of it is older than the range. A platform that doesn't sort by time may be past a hot old post.
 */
export function goesOn(
  { fates, roomLeft }: { readonly fates: readonly WrittenFate[]; readonly roomLeft: number },
  from: Date,
  items: readonly FoundItem[],
): boolean {
  if (roomLeft <= 0) return false;
  const isNew = fates.some(({ state, reason }) => state === 'sent' || state === 'stored' || reason === 'out-of-range');
  return isNew && items.some((item) => item.state === 'article' && new Date(item.article.post_time) >= from);
}
