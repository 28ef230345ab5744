import { expect, test } from 'vitest';
import { redbook, secondsOfId } from '../../../../lambdas/briefs/platforms/redbook.ts';
import { BalanceError, UnknownShapeError } from '../../../../lambdas/briefs/platforms/refusals.ts';
import { answered, articlesOf, crawledAt, fatesOf } from './answers.ts';

const driver = redbook.drivers.gateway;
const read = (...answer: Parameters<typeof answered>) => {
  if (!driver) throw new Error('no gateway driver');
  return driver.read(answered(...answer), crawledAt);
};

const id = '67ff2df8000000001b03ebc7';
const note = (over: object = {}) => ({
  id,
  type: 'normal',
  title: '陈皮怎么选',
  desc: '看油点 #陈皮[话题]# #新会陈皮[话题]#',
  liked_count: 45,
  collected_count: 28,
  shared_count: 7,
  comments_count: 3,
  timestamp: 1744776696,
  update_time: 1744776738000,
  user: { nickname: '茶记', userid: '574847b76a6a691827d693cb' },
  images_list: [{ url: 'https://i.example/1.jpg' }],
  ...over,
});
const items = (...list: object[]) => ({ code: 200, data: { code: 0, data: { items: list } } });

test('a note has its fields, with the second of its posting and not of its editing', () => {
  expect(articlesOf(read(items({ model_type: 'note', note: note() })).items)).toEqual([
    expect.objectContaining({
      article_key: `https://www.xiaohongshu.com/explore/${id}`,
      title: '陈皮怎么选',
      post_time: '2025-04-16T04:11:36.000Z',
      like: 45,
      collect: 28,
      share: 7,
      comment: 3,
      user_fans: null,
      note_type: 'normal',
      tags: ['陈皮', '新会陈皮'],
      cover_url: 'https://i.example/1.jpg',
      content_cut: true,
    }),
  ]);
});

test("the site's own shape shows counts as text, and names things otherwise", () => {
  const card = {
    display_title: '网页',
    type: 'video',
    user: { nick_name: '某人', user_id: 'u1' },
    interact_info: { liked_count: '1.5万', collected_count: '10万+', comment_count: '-', shared_count: '' },
  };
  const [article] = articlesOf(read(items({ id, model_type: 'note', note_card: card })).items);

  expect(article).toMatchObject({ title: '网页', like: 15_000, collect: 100_000, comment: null, share: null });
  expect(article).toMatchObject({ at_least: ['collect'], note_type: 'video', user_id: 'u1', user_name: '某人' });
});

test('a note without a time has the one in its id', () => {
  const { timestamp: _, update_time: __, ...undated } = note({ id: '5e37c6f9000000000100abcd' });

  expect(secondsOfId('5e37c6f9')).toBe(1580713721);
  expect(articlesOf(read(items({ note: undated })).items)[0]?.post_time).toBe(new Date(1580713721_000).toISOString());
});

test('advertisements, suggestions and empty cards are dropped with the reason', () => {
  const page = read(items({ model_type: 'ads', note: note() }, { model_type: 'rec_query' }, { model_type: 'note' }));

  expect(fatesOf(page.items)).toEqual(['dropped: advertisement', 'dropped: not-an-article', 'dropped: no-content']);
});

test('the next page is asked for with the ids that this one gave', () => {
  const body = { code: 200, data: { search_id: 's1', search_session_id: 't1', items: [{ note: note() }] } };
  const { next } = read(body);

  expect(next).toEqual({ cursor: { search_id: 's1', search_session_id: 't1' } });
  const range = { from: new Date(0), until: new Date(1) };
  expect(driver?.search({ keyword: '陈皮', page: 2, cursor: next?.cursor, ...range }).query).toMatchObject({
    keyword: '陈皮',
    page: '2',
    search_id: 's1',
    search_session_id: 't1',
  });
});

test('without a list of items it is another answer, and an empty balance is told', () => {
  expect(() => read({ code: 200, data: {} })).toThrow(UnknownShapeError);
  expect(() => read({ code: 402, message: 'balance' })).toThrow(BalanceError);
});
