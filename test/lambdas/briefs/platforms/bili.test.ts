import { expect, test } from 'vitest';
import { bili } from '../../../../lambdas/briefs/platforms/bili.ts';
import type { DriverName } from '../../../../lambdas/briefs/platforms/platform.ts';
import {
  BalanceError,
  BlockedError,
  LoginWantedError,
  UnknownShapeError,
} from '../../../../lambdas/briefs/platforms/refusals.ts';
import { ThrottledError } from '../../../../lambdas/kit/errors.ts';
import { answered, articlesOf, crawledAt, fatesOf } from './answers.ts';

const read = (name: DriverName, ...answer: Parameters<typeof answered>) => {
  const driver = bili.drivers[name];
  if (!driver) throw new Error(`no driver ${name}`);
  return driver.read(answered(...answer), crawledAt);
};

const video = (over: object = {}) => ({
  type: 'video',
  aid: 170001,
  bvid: 'BV1xx411c7mD',
  arcurl: 'http://www.bilibili.com/video/av170001',
  title: '【<em class="keyword">精华水</em>】A &amp; B',
  description: '说明 <不是标签>',
  pic: '//i0.example/p.jpg',
  play: 47_660,
  video_review: 251,
  danmaku: 251,
  favorites: 1_832,
  review: 46,
  like: 782,
  tag: '护肤,精华水,护肤',
  author: '某人',
  mid: 3691001075993433,
  pubdate: 1770096209,
  duration: '141:36',
  ...over,
});
const page = (result: unknown, over: object = {}) => ({
  code: 0,
  message: '0',
  data: { page: 1, pagesize: 20, numResults: 1000, numPages: 50, result, ...over },
});

test.each([
  ['native', page([video()])],
  ['gateway', { code: 200, router: '/x', data: page([video()]) }],
] as const)('the %s driver reads a video', (driver, body) => {
  expect(articlesOf(read(driver, body).items)).toEqual([
    expect.objectContaining({
      article_key: 'https://www.bilibili.com/video/BV1xx411c7mD',
      url: 'http://www.bilibili.com/video/av170001',
      title: '【精华水】A & B',
      content: '说明 <不是标签>',
      post_time: '2026-02-03T05:23:29.000Z',
      play: 47_660,
      danmu: 251,
      collect: 1_832,
      comment: 46,
      like: 782,
      share: null,
      coin: null,
      user_id: '3691001075993433',
      user_url: 'https://space.bilibili.com/3691001075993433',
      tags: ['护肤', '精华水'],
      cover_url: 'https://i0.example/p.jpg',
      duration_seconds: 141 * 60 + 36,
    }),
  ]);
});

test('what an older answer does not tell is unknown, and its comments of the screen stand under another name', () => {
  const { like: _like, danmaku: _danmaku, ...older } = video();

  expect(articlesOf(read('native', page([older])).items)[0]).toMatchObject({ like: null, danmu: 251 });
});

test('advertisements and what is no video are dropped with the reason', () => {
  const { items } = read('native', page([video({ is_ad: 1 }), { type: 'ketang', id: 1 }, video()]));

  expect(fatesOf(items)).toEqual(['dropped: advertisement', 'dropped: not-an-article', 'article']);
});

test('the last page is the last, and so is a search without results', () => {
  expect(read('native', page([video()])).next).toEqual({ cursor: undefined });
  expect(read('native', page([video()], { page: 50 })).next).toBeUndefined();
  expect(read('native', page(undefined, { numResults: 0, numPages: 0 }))).toEqual({ items: [], next: undefined });
});

test.each([
  ['a voucher in place of results', { code: 0, data: { v_voucher: 'voucher_x' } }, {}, BlockedError],
  ['-352', { code: -352, message: '-352' }, {}, BlockedError],
  ['-403', { code: -403 }, {}, BlockedError],
  ['-412', { code: -412 }, {}, BlockedError],
  ['412 as a page', '<html>', { status: 412 }, BlockedError],
  ['-101', { code: -101, message: '账号未登录' }, {}, LoginWantedError],
  ['-799', { code: -799 }, {}, ThrottledError],
  ['no list', page(undefined), {}, UnknownShapeError],
  ['half an answer', '{"code":0,"da', {}, UnknownShapeError],
] as const)('%s is a refusal, never an empty page', (_, body, over, refusal) => {
  expect(() => read('native', body, over)).toThrow(refusal);
});

test.each([
  ['401', { detail: { code: 401 } }, { status: 401 }, LoginWantedError],
  ['402', { detail: { code: 402, message: 'Insufficient balance' } }, { status: 402 }, BalanceError],
  ['402 in an answer of 200', { code: 402 }, {}, BalanceError],
  ['429', {}, { status: 429 }, ThrottledError],
  ['a voucher behind the gateway', { code: 200, data: { code: 0, data: { v_voucher: 'x' } } }, {}, BlockedError],
] as const)('the gateway tells %s apart', (_, body, over, refusal) => {
  expect(() => read('gateway', body, over)).toThrow(refusal);
});
