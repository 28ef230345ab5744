import type { ListedAccount } from '../lists/account-list-store.ts';
import type { ListedArticle } from '../lists/article-list-store.ts';
import type { StageSums } from '../lists/brief-view-store.ts';
import { type ListedFigure, listings, type ShownField } from '../lists/figures.ts';
import type { PlatformName } from '../platforms/names.ts';

/** Rows as the front end shows them. */

/** `2026-11-21 10:00:00` of Shanghai, which has had one offset since 1991. */
export function shanghaiTime(at: Date): string {
  return inShanghai(at).toISOString().slice(0, 19).replace('T', ' ');
}

function inShanghai(at: Date): Date {
  return new Date(at.getTime() + 8 * 3600 * 1000);
}

/** `2026-11-21` as `2026.11.21`. */
export function dotted(day: string | null): string | null {
  return day === null ? null : day.replaceAll('-', '.');
}

/** A moment in UTC; null stays so. */
export function moment(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

/** An article by the front end's names of its platform. */
export function shownArticle(article: ListedArticle, fields: Readonly<Record<string, ShownField>>) {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, shownField(article, field)]));
}

function shownField(article: ListedArticle, field: ShownField) {
  if (field === 'post_time') return shanghaiTime(article.post_time);
  if (field === 'is_repost') return article.is_repost === true ? 1 : 0;
  return article[field];
}

/** An account with its sums and articles. */
export function shownAccount({ userName, fans, count, sums, articles }: ListedAccount, platform: PlatformName) {
  return {
    userName,
    fansNum: fans,
    sumNum: count,
    ...sums,
    articleList: articles.map((article) => shownArticle(article, listings[platform].accountArticle)),
  };
}

/** The sums of one platform; zeros where there is no article. */
export function shownSums(platform: PlatformName, found: StageSums | undefined) {
  const sum = (figure: ListedFigure) => found?.sums[figure] ?? 0;
  const named = Object.entries(listings[platform].sums).map(([name, figure]) => [name, sum(figure)] as const);
  return {
    article_sum_num: found?.articles ?? 0,
    account_sum_num: found?.accounts ?? 0,
    article_interaction_sum_sum: sum('interaction'),
    ...Object.fromEntries(named),
  };
}
