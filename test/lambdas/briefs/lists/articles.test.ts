import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArticleFilter, listArticles } from '../../../../lambdas/briefs/lists/article-list-store.ts';
import { type ListedFigure, listings } from '../../../../lambdas/briefs/lists/figures.ts';
import { type PlatformName, platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { addArticles, type MadeBrief, madeBrief } from './stored-articles.ts';

let database: TestDatabase<unknown>;
let brief: MadeBrief;

const figures = ['like', 'read', 'share', 'comment', 'collect', 'play', 'danmu', 'download'] as const;
const count = 40;

/** Spread by arithmetic, with unknown ones and equals among them. */
const figureOf = (at: number, figure: number) =>
  // Of the last one nothing is known.
  at === count - 1 || (at + figure) % 6 === 0 ? undefined : (at * (figure + 7) * 37) % 50;

type Shown = Readonly<Partial<Record<(typeof figures)[number] | 'user_fans', number | undefined>>>;

const made = Array.from({ length: count }, (_, at) => ({
  title: ['100%好', '50_好', 'a\\b', "o'x", 'Mask', '精华水'][at % 6] ?? null,
  content: ['内容100%', '正文_', '文\\字', 'x', 'Serum', '抗老'][at % 6] ?? null,
  user_name: at % 5 === 0 ? null : ['Ann%', '小_梅', '李\\雷', '用户🙂'][at % 4],
  user_id: at % 5 === 0 ? null : `u${at % 7}`,
  note_type: (['normal', 'video', null] as const)[at % 3],
  post_time: new Date(Date.UTC(2026, 0, 1 + (at % 13), at % 3)).toISOString(),
  figures: {
    ...Object.fromEntries(figures.map((name, index) => [name, figureOf(at, index)])),
    user_fans: [0, 1000, 100_000, 500_000, 2_000_000, undefined][at % 6],
  } as Shown,
}));

beforeAll(async () => {
  database = await startTestDatabase();
  brief = await madeBrief(database.app);
  const other = await madeBrief(database.app);
  for (const platform of platformNames) {
    await addArticles(database.app, brief, platform, made);
    await addArticles(database.app, other, platform, made.slice(0, 3));
  }
});

afterAll(() => database?.stop());

const whole = { start: 0, length: 500 };
const newest = { by: 'post_time', descending: true } as const;

const list = (filter: Partial<ArticleFilter>, order: Parameters<typeof listArticles>[2] = newest, page = whole) =>
  listArticles(database.app, { stage: brief.stages[0] ?? '', platform: 'redbook', ...filter }, order, page);

/** The value that an article is compared by, with what the database has computed taken from its own row. */
type Row = Awaited<ReturnType<typeof list>>['data'][number];
const comparedBy = (row: Row, figure: 'post_time' | ListedFigure): number | null => {
  if (figure === 'post_time') return row.post_time.getTime();
  if (figure !== 'liked') return row[figure] as number | null;
  return row.like === null && row.collect === null ? null : Number(row.like ?? 0) + Number(row.collect ?? 0);
};

describe('bounds of a figure', () => {
  const all: readonly ListedFigure[] = [...figures, 'interaction', 'interaction_per', 'liked'];

  test.each(all)('%s: each end by itself, both, and what is unknown within none', async (figure) => {
    const rows = (await list({})).data;
    const values = rows.map((row) => comparedBy(row, figure)).filter((value) => value !== null);
    const sorted = values.toSorted((one, other) => one - other);
    const [low, high] = [sorted[Math.floor(sorted.length / 4)] ?? 0, sorted[Math.floor(sorted.length / 2)] ?? 0];
    const within = (least: number, most: number) => values.filter((value) => value >= least && value <= most).length;

    expect(values.length).toBeGreaterThan(10);
    expect(values.length).toBeLessThan(count);
    expect((await list({ least: { [figure]: low } })).total).toBe(within(low, Number.POSITIVE_INFINITY));
    expect((await list({ most: { [figure]: high } })).total).toBe(within(Number.NEGATIVE_INFINITY, high));
    const both = await list({ least: { [figure]: low }, most: { [figure]: high } });
    expect(both.total).toBe(within(low, high));
    expect(both.data.map(({ url }) => url).sort()).toEqual(
      rows
        .filter((row) => {
          const value = comparedBy(row, figure);
          return value !== null && value >= low && value <= high;
        })
        .map(({ url }) => url)
        .sort(),
    );
    expect((await list({ least: { [figure]: 1 }, most: { [figure]: 0 } })).total).toBe(0);
  });

  test('a bound of 0 is one, and the largest whole number is, too', async () => {
    expect((await list({ most: { like: 0 } })).total).toBe(made.filter(({ figures: { like } }) => like === 0).length);
    expect((await list({ most: { like: Number.MAX_SAFE_INTEGER } })).total).toBe(
      made.filter(({ figures: { like } }) => like !== undefined).length,
    );
    expect((await list({ least: { play: -Number.MAX_SAFE_INTEGER } })).total).toBeGreaterThan(0);
  });
});

describe('order', () => {
  const orders = platformNames.flatMap((platform) =>
    listings[platform].sorts.flatMap((by) => [true, false].map((descending) => [platform, by, descending] as const)),
  );

  test.each(orders)('%s by %s, descending %s: what is unknown last', async (platform, by, descending) => {
    const { data } = await list({ platform }, { by, descending });
    const values = data.map((row) => comparedBy(row, by));
    const known = values.filter((value) => value !== null);

    expect(values).toHaveLength(count);
    expect(values.slice(0, known.length)).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
  });

  test.each(orders)('%s by %s, descending %s: pages show each article once', async (platform, by, descending) => {
    const seen: unknown[] = [];
    for (let start = 0; start < count; start += 7) {
      const { data, total } = await list({ platform }, { by, descending }, { start, length: 7 });
      expect(total).toBe(count);
      seen.push(...data.map(({ url }) => url));
    }
    expect(new Set(seen).size).toBe(count);
    expect(seen).toHaveLength(count);
  });

  test('beyond the last page there is nothing, and how many there are is still told', async () => {
    for (const start of [count, 5e11])
      expect(await list({}, newest, { start, length: 50 })).toEqual({ data: [], total: count });
  });
});

describe('texts that are contained', () => {
  const of = (field: 'title' | 'content' | 'user_name', text: string) =>
    made.filter((article) => article[field]?.toLowerCase().includes(text.toLowerCase())).length;

  test.each(['%', '_', '\\', "'", '100%', '50_', 'a\\b', 'mASK', '精华', '', '\\%', '%%'])('title %s', async (text) => {
    expect((await list({ titled: text })).total).toBe(of('title', text));
  });

  test('on weibo the text is looked into', async () => {
    expect((await list({ platform: 'weibo', titled: 'serum' })).total).toBe(of('content', 'serum'));
    expect((await list({ platform: 'weibo', titled: 'Mask' })).total).toBe(0);
  });

  test.each(['%', '_', '\\', 'ann', '🙂', '梅'])('user name %s', async (text) => {
    expect((await list({ userName: text })).total).toBe(of('user_name', text));
  });

  test.each(['\ud83d', '\ude42', '\ud83d%'])('half a character, which nobody has', async (text) => {
    expect((await list({ userName: text })).total).toBe(0);
  });
});

describe('other filters', () => {
  test('kinds of notes and levels', async () => {
    expect((await list({ noteType: 'video' })).total).toBe(
      made.filter(({ note_type }) => note_type === 'video').length,
    );
    const fans = made.map(({ figures: { user_fans } }) => user_fans);
    expect((await list({ level: '素人' })).total).toBe(fans.filter((n) => n !== undefined && n <= 50_000).length);
    expect((await list({ level: '头部kol' })).total).toBe(fans.filter((n) => n !== undefined && n > 1_000_000).length);
  });

  test('post times, the first moment included and the last one not', async () => {
    const [from, until] = [new Date('2026-01-03T01:00:00Z'), new Date('2026-01-05T02:00:00Z')];
    const expected = made.filter(({ post_time: at }) => new Date(at) >= from && new Date(at) < until).length;

    expect((await list({ from, until })).total).toBe(expected);
    expect((await list({ from })).total).toBe(made.filter(({ post_time: at }) => new Date(at) >= from).length);
  });

  test('another stage and another platform have their own', async () => {
    expect((await list({ stage: '00000000-0000-4000-8000-000000000000' })).total).toBe(0);
    for (const platform of platformNames satisfies readonly PlatformName[])
      expect((await list({ platform })).total).toBe(count);
  });
});
