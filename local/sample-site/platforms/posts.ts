import { type Random, randomFor } from '../generated/random.ts';
import { sentences, topics } from './words.ts';

/** Who made a post up to: what every shape tells of them. */
export interface Author {
  /** From 0: each shape makes ids of its own of it. */
  readonly number: number;
  readonly name: string;
  readonly fans: number;
  readonly following: number;
  readonly posts: number;
}

/** A made-up post, before a platform's shape. The same platform, keyword and number give the same one. */
export interface Post {
  /** Below 2^52, and never twice on a platform. */
  readonly id: number;
  readonly title: string;
  readonly text: string;
  /** The text goes on behind what a page of results shows. */
  readonly long: boolean;
  readonly postedAt: Date;
  readonly author: Author;
  readonly topics: readonly string[];
  readonly isRepost: boolean;
  readonly isVideo: boolean;
  readonly seconds: number;
  readonly likes: number;
  readonly comments: number;
  readonly shares: number;
  readonly collects: number;
  readonly reads: number;
  readonly danmus: number;
  readonly coins: number;
  readonly downloads: number;
}

/** What a post is known by: whose it is, and which. */
interface PostName {
  readonly platform: string;
  /** Nothing where it belongs to all keywords of its platform. */
  readonly keyword: string;
  /** Of the old ones from 0; of the new ones the ten minutes in which it was written, since 1970. */
  readonly number: number;
}

const tenMinutesMs = 600_000;
// The old posts are spread from here...
const oldestMs = Date.UTC(2016, 0, 1);
// ...up to here, which has passed for every reader of this.
const newestOfOldMs = Date.UTC(2025, 5, 30);
/** Numbers below are of old posts; ten minutes since 1970 have passed this one in 1989, and stay below 2^24 until 2288. */
const firstNew = 2 ** 20;
const numbers = 2 ** 24;

/** Who wrote on a platform: fewer than there are posts, so that accounts have several. */
const authors = 160;

/**
 * What a search finds at a place: two new ones, which come every ten minutes, and then an old one that many liked, as
 * platforms mix them. Every eleventh is one that each keyword finds.
 */
export function postAt(platform: string, keyword: string, place: number, now: Date): Post {
  const old = Math.floor(place / 3);
  if (place % 11 === 7) return post({ platform, keyword: '', number: old % 50 });
  if (place % 3 === 2) return post({ platform, keyword, number: old });
  // The ten minutes that have not passed yet are left out: nothing was written in the future.
  const slot = Math.floor(now.getTime() / tenMinutesMs) - 1 - (place - old);
  return post({ platform, keyword, number: slot });
}

/** The post of an id, as a page of results has shown it: `keyword` is its search's. */
export function postOfId(platform: string, id: number, keywordOf: (hash: number) => string): Post {
  return post({ platform, keyword: keywordOf(Math.floor(id / numbers)), number: id % numbers });
}

/** Ids begin with it: by it a detail finds the keyword again. */
export function hashOf(platform: string, keyword: string): number {
  // 2^28 * 2^24 is 2^52: an id is a whole number in every JSON.
  return randomFor('keyword', platform, keyword).whole(1, 2 ** 28 - 1);
}

function post({ platform, keyword, number }: PostName): Post {
  const random = randomFor('post', platform, keyword, number);
  const about = keyword === '' ? random.pick(topics) : keyword;
  const named = [about, ...[random.pick(topics), random.pick(topics)].filter((topic) => topic !== about)];
  const likes = many(random, 3_000_000);
  return {
    id: hashOf(platform, keyword) * numbers + number,
    title: titleOf(random, about),
    text: textOf(random, about, named),
    long: random.chance(0.15),
    postedAt: timeOf(random, number),
    author: authorOf(platform, random.whole(0, authors - 1)),
    topics: [...new Set(named)],
    isRepost: random.chance(0.2),
    isVideo: random.chance(0.4),
    seconds: random.whole(5, 7200),
    likes,
    comments: Math.floor(likes * random.fraction() * 0.3),
    shares: Math.floor(likes * random.fraction() * 0.2),
    collects: Math.floor(likes * random.fraction() * 0.5),
    reads: likes * random.whole(3, 30),
    danmus: Math.floor(likes * random.fraction() * 0.1),
    coins: Math.floor(likes * random.fraction() * 0.2),
    downloads: Math.floor(likes * random.fraction() * 0.05),
  };
}

/** Who has a number on a platform. */
export function authorOf(platform: string, number: number): Author {
  const random = randomFor('author', platform, number);
  const first = random.pick(['小', '大', '阿', '老', '爱']);
  const second = random.pick(['橘子', '栗子', '米粒', '北风', '小鹿', '山雀', '青禾', '豆包', '云朵', '石头']);
  const third = random.pick(['日记', '测评', '的日常', '爱分享', '看世界', '在路上', '']);
  return {
    number,
    name: `${first}${second}${third}${number}`,
    fans: many(random, 12_000_000),
    following: random.whole(0, 2000),
    posts: random.whole(1, 9000),
  };
}

function timeOf(random: Random, number: number): Date {
  const within = random.fraction();
  const milliseconds =
    number < firstNew
      ? oldestMs + within * (newestOfOldMs - oldestMs)
      : number * tenMinutesMs + within * (tenMinutesMs - 1000);
  // Platforms tell seconds.
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

/** Most are small, and a few are large. */
function many(random: Random, most: number): number {
  return Math.floor(most ** random.fraction()) - 1;
}

function titleOf(random: Random, about: string): string {
  return random.pick([
    `${about}真的好用吗？`,
    `${about}测评：${random.whole(3, 30)}天使用感受`,
    `${random.whole(5, 20)}款${about}横评`,
    `关于${about}，说点实话`,
    `${about} & 它的朋友们`,
    `新手怎么选${about}`,
  ]);
}

function textOf(random: Random, about: string, named: readonly string[]): string {
  const written = Array.from({ length: random.whole(2, 6) }, () =>
    random.pick(sentences).replaceAll('它', random.chance(0.5) ? about : '它'),
  );
  // A few begin like a formula, as some do out there.
  const beginning = random.chance(0.02) ? '=1+1 ' : '';
  return `${beginning}${about}：${written.join('')}${named.map((topic) => `#${topic}#`).join('')}`;
}
