import { expect, test } from 'vitest';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import { platforms } from '../../../../lambdas/briefs/platforms/index.ts';
import type { PlatformName } from '../../../../lambdas/briefs/platforms/names.ts';
import type { DriverName } from '../../../../lambdas/briefs/platforms/platform.ts';
import { answered } from './answers.ts';

const driverOf = (name: PlatformName, driver: DriverName) => {
  const found = platforms.find((platform) => platform.name === name)?.drivers[driver];
  if (!found) throw new Error(`${name} has no ${driver} driver`);
  return found;
};
const detailOf = (name: PlatformName, driver: DriverName, kind: 'user' | 'note') => {
  const found = driverOf(name, driver).details?.[kind];
  if (!found) throw new Error(`${name} tells no more of a ${kind}`);
  return found;
};
const wrapped = (data: unknown) => answered({ code: 200, router: '/x', params: {}, request_id: 'r', data });

const article = articleOf(
  {
    article_key: 'k',
    url: 'http://x/',
    post_time: '2026-11-10T00:00:00Z',
    content: 'the beginning',
    content_cut: true,
    user_id: 'u1',
    platform_id: 'n1',
    note_type: 'normal',
  },
  {},
);

test('a weibo whose text is cut is asked for its long text, and no other is', () => {
  const note = detailOf('weibo', 'native', 'note');

  expect(note.subject(article)).toBe('n1');
  expect(note.subject({ ...article, content_cut: false })).toBeUndefined();
  expect(note.ask('n1')).toEqual({ method: 'GET', path: '/statuses/extend', query: { id: 'n1' } });
  expect(note.read(answered({ ok: 1, data: { ok: 1, longTextContent: '<a href="/n">#猫#</a>长文<br />二' } }))).toEqual(
    {
      content: '#猫#长文\n二',
    },
  );
  expect(() => note.read(answered({ ok: -100 }))).toThrow(expect.objectContaining({ name: 'LoginWantedError' }));
});

test('the gateway is asked for the whole of a weibo that is cut, and what is still folded changes nothing', () => {
  const note = detailOf('weibo', 'gateway', 'note');
  const raw = '开头 a<b & #猫# 全文';

  expect(note.subject(article)).toBe('n1');
  expect(note.subject({ ...article, content_cut: false })).toBeUndefined();
  expect(note.ask('PxYz0AbCd')).toEqual({
    method: 'GET',
    path: '/api/v1/weibo/web_v2/fetch_post_detail',
    query: { id: 'PxYz0AbCd', is_get_long_text: 'true' },
  });
  expect(note.read(wrapped({ text_raw: '开头 展开c', longText: { content: `${raw}\n` } }))).toEqual({ content: raw });
  expect(note.read(wrapped({ text_raw: raw }))).toEqual({ content: raw });
  expect(note.read(wrapped({ text_raw: '开头 \u200b展开c' }))).toEqual({});
  expect(() => note.read(wrapped({ idstr: '1' }))).toThrow(expect.objectContaining({ name: 'UnknownShapeError' }));
});

test('a note and its video are asked for at addresses of their own, and their user for fans', () => {
  const [user, note] = [detailOf('redbook', 'gateway', 'user'), detailOf('redbook', 'gateway', 'note')];
  const video = note.subject({ ...article, note_type: 'video' });
  const detail = { id: 'n1', desc: '全文 #防晒[话题]#', liked_count: '1.2万', collected_count: 3, comments_count: 0 };

  expect([note.subject(article), user.subject(article), user.subject({ ...article, user_fans: 1 })]).toEqual([
    'n1',
    'u1',
    undefined,
  ]);
  expect([note.ask('n1'), note.ask(video ?? '')].map(({ path, query }) => [path, query])).toEqual([
    ['/api/v1/xiaohongshu/app_v2/get_image_note_detail', { note_id: 'n1' }],
    ['/api/v1/xiaohongshu/app_v2/get_video_note_detail', { note_id: 'n1' }],
  ]);
  for (const data of [{ code: 0, data: [{ note_list: [detail] }] }, { data: { note: detail } }])
    expect(note.read(wrapped(data))).toEqual({
      content: '全文 #防晒[话题]#',
      like: 12_000,
      collect: 3,
      comment: 0,
      share: null,
      tags: ['防晒'],
    });
  expect(user.read(wrapped({ data: { nickname: 'x', fans: 12, follows: 0, note_num_stat: { posted: 3 } } }))).toEqual({
    user_fans: 12,
    user_following: 0,
    user_posts: 3,
  });
  for (const detailCall of [user, note])
    expect(() => detailCall.read(wrapped({ data: {} }))).toThrow(
      expect.objectContaining({ name: 'UnknownShapeError' }),
    );
});

test('a video of bili is asked for its coins, and its user for fans, by either driver', () => {
  const stat = { aid: 1, view: 9, danmaku: 8, reply: 7, favorite: 6, coin: 5, share: 4, like: 3 };
  const figures = { coin: 5, share: 4, like: 3, comment: 7, collect: 6, play: 9, danmu: 8 };
  const inner = (data: unknown) => ({ code: 0, message: 'OK', data });

  for (const driver of ['native', 'gateway'] as const) {
    const [user, note] = [detailOf('bili', driver, 'user'), detailOf('bili', driver, 'note')];
    const answer = (data: unknown) => (driver === 'native' ? answered(inner(data)) : wrapped(inner(data)));
    expect(note.subject({ ...article, platform_id: 'BV1x' })).toBe('BV1x');
    expect(note.read(answer({ View: { desc: '简介', stat }, Tags: [{ tag_name: '猫' }] }))).toEqual({
      ...figures,
      content: '简介',
      tags: ['猫'],
    });
    expect(note.read(answer({ bvid: 'BV1x', stat }))).toMatchObject(figures);
    expect(note.read(answer(stat))).toMatchObject(figures);
    for (const told of [
      { mid: 1, following: 2, follower: 3 },
      { card: { mid: '1', fans: 3, attention: 2 }, follower: 3 },
    ])
      expect(user.read(answer(told))).toEqual({ user_fans: 3, user_following: 2 });
    for (const detail of [user, note])
      for (const [data, name] of [
        [{ v_voucher: 'x' }, 'BlockedError'],
        [{}, 'UnknownShapeError'],
      ] as const)
        expect(() => detail.read(answer(data))).toThrow(expect.objectContaining({ name }));
  }
  expect(detailOf('bili', 'native', 'note').ask('av7').query).toEqual({ aid: '7' });
  expect(detailOf('bili', 'gateway', 'note').subject({ ...article, platform_id: 'av7' })).toBeUndefined();
});

test('a user of douyin is asked for fans, those of all apps together where they are told', () => {
  const user = detailOf('douyin', 'gateway', 'user');
  const told = { nickname: 'x', follower_count: 10, following_count: 1, aweme_count: 2 };

  expect(user.ask('u1')).toMatchObject({ query: { sec_user_id: 'u1' } });
  expect(user.read(wrapped({ user: told }))).toEqual({ user_fans: 10, user_following: 1, user_posts: 2 });
  expect(user.read(wrapped({ user: { ...told, mplatform_followers_count: 12 } }))).toMatchObject({ user_fans: 12 });
});

test('every driver has a probe, and a gateway tells by its balance', () => {
  for (const { name, drivers } of platforms)
    for (const [driver, { probe }] of Object.entries(drivers))
      expect([name, driver, probe?.request.method]).not.toContain(undefined);
  const probe = driverOf('douyin', 'gateway').probe;

  expect(() => probe?.read(answered({ code: 200, user_data: { balance: 0, free_credit: 0.5 } }))).not.toThrow();
  expect(() => probe?.read(answered({ code: 200, user_data: { balance: 0, free_credit: 0 } }))).toThrow(
    expect.objectContaining({ name: 'BalanceError' }),
  );
  expect(() => probe?.read(answered({ code: 401 }, { status: 401 }))).toThrow(
    expect.objectContaining({ name: 'LoginWantedError' }),
  );
});

test('a gateway takes ten requests a second of its one token, of all its platforms together', () => {
  const asked = platforms.map(({ asked: manners }) => manners).filter(({ driver }) => driver === 'gateway');

  expect(asked.length).toBeGreaterThan(1);
  expect(asked.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeLessThanOrEqual(10);
});

test('a probe of weibo tells whether the cookie is somebody’s', () => {
  const probe = driverOf('weibo', 'native').probe;

  expect(() => probe?.read(answered({ ok: 1, data: { login: true, uid: '1' } }))).not.toThrow();
  expect(() => probe?.read(answered({ ok: 1, data: { login: false } }))).toThrow(
    expect.objectContaining({ name: 'LoginWantedError' }),
  );
});
