import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AccountFilter,
  articlesOfAccount,
  listAccounts,
} from '../../../../lambdas/briefs/lists/account-list-store.ts';
import { sumsOf } from '../../../../lambdas/briefs/lists/brief-view-store.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { addArticles, type MadeBrief, madeBrief } from './stored-articles.ts';

let database: TestDatabase<unknown>;
let brief: MadeBrief;

beforeAll(async () => {
  database = await startTestDatabase();
  brief = await madeBrief(database.app);
  const other = await madeBrief(database.app);
  const of = (
    user_id: string | null,
    user_name: string | null,
    like: number | undefined,
    fans: number | undefined,
  ) => ({
    user_id,
    user_name,
    post_time: `2026-01-0${(like ?? 0) + 1}T00:00:00.000Z`,
    figures: { like, share: 2, comment: undefined, user_fans: fans },
  });
  const articles = [
    of('a', 'Ann', 1, 50_000),
    of('a', 'Ann 2', 2, 50_001),
    of('a', 'Ann', 3, undefined),
    of('b', '小_梅', undefined, undefined),
    // Without an id the name is who it is; it is nobody's id.
    of(null, 'a', 4, 2_000_000),
    of(null, 'a', 5, 2_000_000),
    // Nobody wrote it.
    of(null, null, 6, undefined),
  ];
  for (const platform of platformNames) {
    await addArticles(database.app, brief, platform, articles);
    await addArticles(database.app, other, platform, articles.slice(0, 2));
  }
});

afterAll(() => database?.stop());

const list = (filter: Partial<AccountFilter> = {}, page = { start: 0, length: 50 }) =>
  listAccounts(database.app, { stage: brief.stages[0] ?? '', platform: 'redbook', levels: [], ...filter }, page);
const names = async (filter: Partial<AccountFilter>) => (await list(filter)).data.map(({ userName }) => userName);

describe('accounts of a stage', () => {
  test('have their sums and articles, those with most first', async () => {
    const { data, total } = await list();

    expect(total).toBe(3);
    expect(data.map(({ userName, fans, count, sums }) => ({ userName, fans, count, ...sums }))).toEqual([
      { userName: 'Ann', fans: 50_001, count: 3, sumLike: 6, sumShare: 6, sumCollect: 0, sumComment: 0 },
      { userName: 'a', fans: 2_000_000, count: 2, sumLike: 9, sumShare: 4, sumCollect: 0, sumComment: 0 },
      { userName: '小_梅', fans: null, count: 1, sumLike: 0, sumShare: 2, sumCollect: 0, sumComment: 0 },
    ]);
    expect(data[0]?.articles.map(({ like }) => like)).toEqual([3, 2, 1]);
  });

  test('are found by a part of any name they had, and by fans', async () => {
    expect(await names({ name: '2' })).toEqual(['Ann']);
    expect(await names({ name: '_' })).toEqual(['小_梅']);
    expect(await names({ name: '%' })).toEqual([]);
    expect(await names({ name: 'ANN' })).toEqual(['Ann']);
    // With all of its articles, not those of that name alone.
    expect((await list({ name: 'Ann 2' })).data[0]?.count).toBe(3);
    expect(await names({ leastFans: 50_001 })).toEqual(['Ann', 'a']);
    expect(await names({ mostFans: 50_001 })).toEqual(['Ann']);
    expect(await names({ leastFans: 50_002, mostFans: 1_999_999 })).toEqual([]);
    expect(await names({ leastFans: 0 })).toEqual(['Ann', 'a']);
  });

  test('are found by level, any of several', async () => {
    expect(await names({ levels: ['素人'] })).toEqual([]);
    expect(await names({ levels: ['底部kol'] })).toEqual(['Ann']);
    expect(await names({ levels: ['头部kol', '底部kol'] })).toEqual(['Ann', 'a']);
    expect(await names({ levels: ['未知'] })).toEqual(['小_梅']);
    expect(await names({ platform: 'weixin', levels: ['底部kol'] })).toEqual(['Ann', 'a', '小_梅']);
    expect(await names({ platform: 'weixin', levels: ['头部kol', '素人', '未知'] })).toEqual([]);
    expect(await names({ platform: 'weibo', levels: ['腰部kol'] })).toEqual(['a']);
    expect(await names({ platform: 'bili', levels: ['头部kol'] })).toEqual(['a']);
  });

  test('come page by page', async () => {
    expect((await list({}, { start: 1, length: 1 })).data.map(({ userName }) => userName)).toEqual(['a']);
    expect(await list({}, { start: 3, length: 50 })).toEqual({ data: [], total: 3 });
    expect(await list({}, { start: 5e11, length: 50 })).toEqual({ data: [], total: 3 });
  });

  test('show their newest articles, and count all', async () => {
    const busy = await madeBrief(database.app);
    const many = Array.from({ length: articlesOfAccount + 5 }, (_, at) => ({
      user_id: 'x',
      user_name: 'x',
      post_time: new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString(),
    }));
    await addArticles(database.app, busy, 'bili', many);
    const { data } = await list({ stage: busy.stages[0] ?? '', platform: 'bili' });

    expect(data.map(({ count, articles }) => [count, articles.length])).toEqual([[many.length, articlesOfAccount]]);
    expect(data[0]?.articles[0]?.post_time.toISOString()).toBe(many.at(-1)?.post_time);
  });
});

describe('sums', () => {
  test('are of each stage and platform, with distinct accounts', async () => {
    const sums = await sumsOf(database.app, brief.stages);

    expect(sums.map(({ platform }) => platform).sort()).toEqual([...platformNames].sort());
    for (const { stage, articles, accounts, sums: each } of sums) {
      expect([stage, articles, accounts]).toEqual([brief.stages[0], 7, 3]);
      expect(each).toMatchObject({ like: 21, share: 14, comment: 0, collect: 0, liked: 21 });
    }
    expect(sums.find(({ platform }) => platform === 'weibo')?.sums.interaction).toBe(35);
    expect(sums.find(({ platform }) => platform === 'weixin')?.sums.interaction).toBe(21);
  });

  test('are none without articles', async () => {
    const empty = await madeBrief(database.app);

    expect(await sumsOf(database.app, empty.stages)).toEqual([]);
    expect(await sumsOf(database.app, [])).toEqual([]);
  });
});
