import { expect, test } from 'vitest';
import { BlockedError, LoginWantedError, UnknownShapeError } from '../../../../lambdas/briefs/platforms/refusals.ts';
import { weibo } from '../../../../lambdas/briefs/platforms/weibo.ts';
import { ThrottledError, TransientError } from '../../../../lambdas/kit/errors.ts';
import { answered, articlesOf, crawledAt, fatesOf } from './answers.ts';

const driver = weibo.drivers.native;
const read = (...answer: Parameters<typeof answered>) => {
  if (!driver) throw new Error('no native driver');
  return driver.read(answered(...answer), crawledAt);
};

const post = (over: object = {}) => ({
  id: '5000000000000001',
  bid: 'Pabc12345',
  created_at: 'Thu May 26 00:41:52 +0800 2022',
  text: '新品<a href="/search?q=x">#精华水#</a>试用<br />很好<span class="url-icon"><img alt="[心]" src="//h/i.png"></span>',
  isLongText: false,
  reposts_count: '100万+',
  comments_count: 12,
  attitudes_count: '1.2万',
  user: { id: 1234567890, screen_name: '小明', followers_count: '21.5万', follow_count: 80, statuses_count: 901 },
  ...over,
});
const card = (mblog: object | undefined, over: object = {}) => ({ card_type: 9, mblog, ...over });
const cards = (...list: object[]) => ({ ok: 1, data: { cards: list } });

test('a post has its fields, its counts read from text, and its time', () => {
  const scheme = 'https://m.weibo.cn/status/Pabc12345?mblogid=Pabc12345&luicode=10000011';
  const [article] = articlesOf(read(cards(card(post(), { scheme }))).items);

  expect(article).toMatchObject({
    article_key: 'https://m.weibo.cn/status/Pabc12345',
    url: scheme,
    title: null,
    content: '新品#精华水#试用\n很好',
    post_time: '2022-05-25T16:41:52.000Z',
    like: 12_000,
    share: 1_000_000,
    comment: 12,
    at_least: ['share'],
    user_fans: 215_000,
    user_following: 80,
    user_posts: 901,
    user_name: '小明',
    user_id: '1234567890',
    tags: ['精华水'],
    is_repost: false,
    read: null,
    play: null,
  });
});

test('posts stand in groups of cards too, each found where it stands', () => {
  const group = {
    card_type: 11,
    card_group: [card(post({ bid: 'B1' })), { card_type: 42, desc: '综合' }, card(post({ bid: 'B2' }))],
  };
  const { items } = read(cards(group, card(post({ bid: 'B3' }))));

  expect(fatesOf(items)).toEqual(['article', 'dropped: no-content', 'article', 'article']);
  expect(items.map(({ place }) => place)).toEqual([
    '/data/cards/0/card_group/0',
    '/data/cards/0/card_group/1',
    '/data/cards/0/card_group/2',
    '/data/cards/1',
  ]);
});

test('an address is made of user and post where the card names none that people can open', () => {
  const [article] = articlesOf(read(cards(card(post(), { scheme: 'sinaweibo://detail?id=1' }))).items);

  expect(article?.url).toBe('https://weibo.com/1234567890/Pabc12345');
});

test('a repost is one, by the text of who reposts', () => {
  const [article] = articlesOf(
    read(cards(card(post({ text: '转发', retweeted_status: post({ text: '原文' }) })))).items,
  );

  expect(article).toMatchObject({ is_repost: true, content: '转发' });
});

test('advertisements and cards without a post are dropped with the reason', () => {
  const { items } = read(
    cards(
      card(post({ promotion: { type: 'ad' } })),
      card(post({ title: { text: '广告' } })),
      { card_type: 11 },
      card(post({ ad_state: 1 })),
    ),
  );

  expect(fatesOf(items)).toEqual([
    'dropped: advertisement',
    'dropped: advertisement',
    'dropped: no-content',
    'article',
  ]);
});

test('a time that nobody can read is a problem with what was shown, never now', () => {
  expect(read(cards(card(post({ created_at: '不久前' })))).items[0]).toMatchObject({
    state: 'problem',
    reason: 'unreadable-time',
    shown: '不久前',
  });
});

test('a video tells how often it was played', () => {
  const page_info = { type: 'video', play_count: '12万次播放', page_pic: { url: 'https://h/p.jpg' } };

  expect(articlesOf(read(cards(card(post({ page_info })))).items)[0]).toMatchObject({
    play: 120_000,
    note_type: 'video',
    cover_url: 'https://h/p.jpg',
  });
});

test('the results end with a message, or with a page without a post', () => {
  expect(read({ ok: 0, msg: '这里还没有内容' })).toEqual({ items: [], next: undefined });
  expect(read(cards({ card_type: 11 })).next).toBeUndefined();
  expect(read(cards(card(post()))).next).toEqual({ cursor: undefined });
});

test.each([
  ['ok -100', { ok: -100, url: 'https://passport.weibo.com' }, {}, LoginWantedError],
  ['432 with a page', '<html>', { status: 432 }, LoginWantedError],
  ['403', '', { status: 403 }, BlockedError],
  ['418 as a page', '<html>', { status: 418 }, UnknownShapeError],
  ['429', '', { status: 429 }, ThrottledError],
  ['502', 'Bad Gateway', { status: 502 }, TransientError],
  ['ok 0 without a word', { ok: 0 }, {}, TransientError],
  ['half an answer', '{"ok":1,"data":{"cards":[', {}, UnknownShapeError],
  ['another shape', { data: [] }, {}, UnknownShapeError],
] as const)('%s is a refusal, never an empty page', (_, body, over, refusal) => {
  expect(() => read(body, over)).toThrow(refusal);
});
