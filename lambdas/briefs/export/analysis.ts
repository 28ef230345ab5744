import type { FanLevel } from '../article/fan-level.ts';
import type { PlatformName } from '../platforms/names.ts';
import type { StoredArticle } from './stored-article.ts';

/** Something counted. */
export interface Counted {
  readonly word: string;
  readonly count: number;
}

/** An account and how often it posted. */
export interface Account {
  readonly platform: PlatformName;
  readonly name: string;
  readonly id: string;
  readonly count: number;
  readonly level: FanLevel;
}

/** What the analysis keeps of an article: its row is forgotten. */
export type Analysed = Pick<StoredArticle, 'user_id' | 'user_name' | 'user_fans_level' | 'post_time' | 'tags'>;

const levels: readonly FanLevel[] = ['头部kol', '腰部kol', '底部kol', '素人', '未知'];
const shanghaiOffsetMs = 8 * 3_600_000;

/** Counts what a stage's articles have, one after the other: it grows with different words and accounts only. */
export class StageAnalysis {
  readonly #words = new Map<PlatformName, Map<string, number>>();
  readonly #tags = new Map<PlatformName, Map<string, number>>();
  readonly #days = new Map<string, number>();
  readonly #accounts = new Map<string, { -readonly [K in keyof Account]: Account[K] }>();
  articles = 0;

  add(platform: PlatformName, article: Analysed, words: readonly string[]): void {
    this.articles += 1;
    const ofWords = counts(this.#words, platform);
    for (const word of words) ofWords.set(word, (ofWords.get(word) ?? 0) + 1);
    const ofTags = counts(this.#tags, platform);
    for (const tag of new Set(article.tags.map(tagOf))) if (tag !== '') ofTags.set(tag, (ofTags.get(tag) ?? 0) + 1);
    const day = new Date(article.post_time.getTime() + shanghaiOffsetMs).toISOString().slice(0, 10);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    this.#addAccount(platform, article);
  }

  /** An account is known by its id, and by its name where there is none; of several levels the highest counts. */
  #addAccount(platform: PlatformName, article: Analysed): void {
    const { user_id: id, user_name: name, user_fans_level: level } = article;
    if (id === null && name === null) return;
    const key = JSON.stringify([platform, id ?? '', id === null ? name : '']);
    const known = this.#accounts.get(key);
    if (!known) this.#accounts.set(key, { platform, name: name ?? '', id: id ?? '', count: 1, level });
    else {
      known.count += 1;
      if (levels.indexOf(level) < levels.indexOf(known.level)) known.level = level;
    }
  }

  /** The words that are there most often; of one platform, or of all. */
  topWords(most: number, platform?: PlatformName): readonly Counted[] {
    return top(this.#words, most, platform);
  }

  topTags(most: number, platform?: PlatformName): readonly Counted[] {
    return top(this.#tags, most, platform);
  }

  /** Different accounts of each level, all levels that the stage has, highest first. */
  levels(): readonly { readonly level: FanLevel; readonly of: (platform?: PlatformName) => number }[] {
    const accounts = [...this.#accounts.values()];
    return levels
      .filter((level) => accounts.some((account) => account.level === level))
      .map((level) => ({
        level,
        of: (platform) =>
          accounts.filter((one) => one.level === level && (platform === undefined || one.platform === platform)).length,
      }));
  }

  /** Every day from the first to the last one with a post. */
  days(): readonly Counted[] {
    const known = [...this.#days.keys()].sort();
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) return [];
    const all: Counted[] = [];
    for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000) {
      const day = new Date(at).toISOString().slice(0, 10);
      all.push({ word: day, count: this.#days.get(day) ?? 0 });
    }
    return all;
  }

  months(): readonly Counted[] {
    const months = new Map<string, number>();
    for (const { word, count } of this.days())
      months.set(word.slice(0, 7), (months.get(word.slice(0, 7)) ?? 0) + count);
    return [...months].map(([word, count]) => ({ word, count }));
  }

  /** Those that posted most come first. */
  accounts(): readonly Account[] {
    return [...this.#accounts.values()].sort(
      (a, b) => b.count - a.count || compare(a.platform, b.platform) || compare(a.name, b.name) || compare(a.id, b.id),
    );
  }
}

/** A tag as it is counted, without the signs around it. */
function tagOf(tag: string): string {
  return tag.replace(/^[#＃\s]+|[#＃\s]+$/g, '');
}

function counts(all: Map<PlatformName, Map<string, number>>, platform: PlatformName): Map<string, number> {
  const known = all.get(platform) ?? new Map<string, number>();
  all.set(platform, known);
  return known;
}

function top(
  all: ReadonlyMap<PlatformName, ReadonlyMap<string, number>>,
  most: number,
  platform?: PlatformName,
): readonly Counted[] {
  const sum = new Map<string, number>();
  for (const [name, words] of all)
    if (platform === undefined || platform === name)
      for (const [word, count] of words) sum.set(word, (sum.get(word) ?? 0) + count);
  return [...sum]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || compare(a.word, b.word))
    .slice(0, most);
}

/** By code units: the same order on every machine. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
