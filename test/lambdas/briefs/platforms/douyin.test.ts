import { expect, test } from 'vitest';
import { douyin } from '../../../../lambdas/briefs/platforms/douyin.ts';
import { LoginWantedError, UnknownShapeError } from '../../../../lambdas/briefs/platforms/refusals.ts';
import { answered, articlesOf, crawledAt, fatesOf } from './answers.ts';

const driver = douyin.drivers.gateway;
const read = (...answer: Parameters<typeof answered>) => {
  if (!driver) throw new Error('no gateway driver');
  return driver.read(answered(...answer), crawledAt);
};

const video = (over: object = {}) => ({
  aweme_id: '7584769166932233472',
  desc: '好坏一看便知。#猫 #好猫',
  create_time: 1765966706,
  share_url: 'https://www.iesdouyin.com/share/video/7584769166932233472/?u_code=x',
  statistics: {
    comment_count: 1046,
    digg_count: 2816,
    download_count: 5,
    play_count: 0,
    share_count: 2298,
    collect_count: 711,
  },
  text_extra: [{ type: 7 }, { hashtag_name: '猫' }, { hashtag_name: '好猫' }, { hashtag_name: '猫' }],
  author: { nickname: '十九', sec_uid: 'MS4w', follower_count: 0, following_count: 0, aweme_count: 0 },
  video: { duration: 15_400, cover: { url_list: ['https://p.example/c.webp'] } },
  images: null,
  ...over,
});
const page = (list: unknown, over: object = {}) => ({
  code: 200,
  data: { status_code: 0, data: list, cursor: 20, has_more: 1, ...over },
});

test('a video has its fields; figures of 0 that a search does not know are unknown', () => {
  expect(articlesOf(read(page([{ type: 1, aweme_info: video() }])).items)).toEqual([
    expect.objectContaining({
      article_key: 'https://www.douyin.com/video/7584769166932233472',
      url: 'https://www.iesdouyin.com/share/video/7584769166932233472/?u_code=x',
      content: '好坏一看便知。#猫 #好猫',
      post_time: '2025-12-17T10:18:26.000Z',
      like: 2816,
      comment: 1046,
      share: 2298,
      collect: 711,
      download: 5,
      play: null,
      user_fans: null,
      user_name: '十九',
      user_id: 'MS4w',
      tags: ['猫', '好猫'],
      note_type: 'video',
      duration_seconds: 15,
    }),
  ]);
});

test('topics that are not listed are read from the text', () => {
  const [article] = articlesOf(
    read(page([{ aweme_info: video({ desc: '看 #养猫#猫咪 日常', text_extra: null }) }])).items,
  );

  expect(article?.tags).toEqual(['养猫', '猫咪']);
});

test('cards without a video and advertisements are dropped with the reason', () => {
  const { items } = read(
    page([{ type: 6, card_info: {} }, { aweme_info: video({ is_ads: true }) }, { aweme_info: video() }]),
  );

  expect(fatesOf(items)).toEqual(['dropped: no-content', 'dropped: advertisement', 'article']);
});

test('the next page wants the cursor of this one', () => {
  const { next } = read(page([{ aweme_info: video() }], { cursor: 24, extra: { logid: 'L1' } }));

  expect(next).toEqual({ cursor: { cursor: 24, search_id: 'L1' } });
  const range = { from: new Date(0), until: new Date(1) };
  expect(driver?.search({ keyword: '猫', page: 2, cursor: next?.cursor, ...range })).toMatchObject({
    method: 'POST',
    body: { keyword: '猫', cursor: 24, search_id: 'L1' },
  });
  expect(read(page([{ aweme_info: video() }], { has_more: 0 })).next).toBeUndefined();
});

test('a token that is no good wants a login, and another shape is told', () => {
  expect(() => read({ detail: { code: 401, message: 'Invalid token' } }, { status: 401 })).toThrow(LoginWantedError);
  expect(() => read({ code: 200, data: {} })).toThrow(UnknownShapeError);
});
