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

const gateway = weibo.drivers.gateway;
const wrapped = (data: unknown) => answered({ code: 200, router: '/x', params: {}, request_id: 'r', data });
const results = (...list: unknown[]) => wrapped({ parsed_data: { results: list } });
const result = {
  content: '新品 <em class="s-color-red">#精华水#</em> 试用 &amp; 对比 展开c',
  post_url: '//weibo.com/1234567890/Pabc12345?refer_flag=1001030103_',
  user_nick: '小明',
  user_url: '//weibo.com/1234567890?refer_flag=1001030103_',
  publish_time: '11月10日 20:00',
  interaction: { repost_count: '100万+', comment_count: 12, like_count: '1.2万' },
  media: { images: ['//wx1.example/a.jpg'] },
};

test('the gateway’s search knows days, the last one included', () => {
  const range = { from: new Date('2026-10-31T16:00:00Z'), until: new Date('2026-11-29T16:00:00Z') };

  expect(gateway.search({ keyword: '精华水', page: 2, cursor: undefined, ...range }).query).toEqual({
    q: '精华水',
    search_type: 'all',
    timescope: 'custom:2026-11-01:2026-11-29',
    page: '2',
  });
});

test('a post of the gateway is the one that the site itself has', () => {
  const page = gateway.read(results(result), crawledAt);

  expect(articlesOf(page.items)).toEqual([
    expect.objectContaining({
      article_key: articlesOf(read(cards(card(post()))).items)[0]?.article_key,
      url: 'https://weibo.com/1234567890/Pabc12345',
      content: '新品 #精华水# 试用 & 对比',
      content_cut: true,
      post_time: '2026-11-10T12:00:00.000Z',
      like: 12_000,
      share: 1_000_000,
      comment: 12,
      at_least: ['share'],
      user_name: '小明',
      user_id: '1234567890',
      user_fans: null,
      tags: ['精华水'],
      cover_url: 'https://wx1.example/a.jpg',
    }),
  ]);
  expect(page.next).toEqual({ cursor: undefined });
  expect(gateway.read(results(), crawledAt)).toEqual({ items: [], next: undefined });
});

test.each([
  ['今天 09:30', '2026-11-29T01:30:00.000Z'],
  ['5分钟前', '2026-11-29T01:55:00.000Z'],
  ['2025年12月3日 19:37', '2025-12-03T11:37:00.000Z'],
  ['12月03日 19:37', '2025-12-03T11:37:00.000Z'],
])('%s on the gateway’s page is %s', (publish_time, post_time) => {
  expect(articlesOf(gateway.read(results({ ...result, publish_time }), crawledAt).items)[0]?.post_time).toBe(post_time);
});

test('what is no post of the gateway is dropped or a problem, and another shape is told', () => {
  const list = [{ ...result, content: '' }, { ...result, post_url: '' }, { ...result, publish_time: '很久以前' }, null];

  expect(fatesOf(gateway.read(results(...list), crawledAt).items)).toEqual([
    'dropped: no-content',
    'dropped: no-content',
    'problem: unreadable-time',
    'dropped: no-content',
  ]);
  expect(() => gateway.read(wrapped({ statuses: [] }), crawledAt)).toThrow(UnknownShapeError);
});

test.each([
  [
    'native',
    answered({ ok: 1, data: { userInfo: { followers_count: '21.5万', follow_count: 80, statuses_count: 9 } } }),
  ],
  ['gateway', wrapped({ user: { followers_count: 215_000, friends_count: 80, statuses_count: 9 } })],
] as const)('a user whose fans nobody tells is asked for them by the %s driver', (name, answer) => {
  const user = weibo.drivers[name].details?.user;
  const [article] = articlesOf(read(cards(card(post({ user: { id: 1 } })))).items);

  expect(article && user?.subject(article)).toBe('1');
  expect(article && user?.subject({ ...article, user_fans: 0 })).toBeUndefined();
  expect(Object.values(user?.ask('1').query ?? {})).toContain('1');
  expect(user?.read(answer)).toEqual({ user_fans: 215_000, user_following: 80, user_posts: 9 });
  expect(() => user?.read(name === 'native' ? answered({ ok: 1, data: {} }) : wrapped({}))).toThrow(UnknownShapeError);
});
