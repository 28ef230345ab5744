import { beforeAll, describe, expect, test } from 'vitest';
import type { MadeBrief } from '../lists/stored-articles.ts';
import { fileApi } from './file-api.ts';
import { briefOfTwo, known, postTime as post_time } from './known-articles.ts';

const api = fileApi({ kept: true });
let made: MadeBrief;

beforeAll(async () => {
  made = await briefOfTwo(api.database.app);
});

const articles = (query: Readonly<Record<string, string>> = {}) =>
  api.post('owner', 'job/view_article_list', { stage_uuid: made.stages[0] ?? '', platform: '3', ...query });
const urls = async (query: Readonly<Record<string, string>>) => {
  const { status, body } = await articles(query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data.data.data.map((row: Record<string, unknown>) => String(row.note_url).at(-1)).join('');
};

const article_url = known.url;

describe('view_article_list', () => {
  test.each([
    [
      '1',
      {
        article_url,
        title: '标题',
        post_time,
        read_num: 12,
        like_num: 11,
        note_interaction_sum: 11,
        weixin_nickname: '小梅',
        fans_num: 2000,
      },
    ],
    [
      '2',
      {
        article_url,
        content: '正文',
        post_time,
        all_repost: 13,
        all_comment: 14,
        all_like: 11,
        note_interaction_sum: 38,
        user_name: '小梅',
        fans_num: 2000,
      },
    ],
    [
      '3',
      {
        note_url: article_url,
        note_title: '标题',
        note_type: 'video',
        note_post_time: post_time,
        note_like_num: 11,
        note_comment_num: 14,
        note_collect_num: 15,
        note_share_num: 13,
        note_interaction_sum: 53,
        note_interaction_per: 53 / 2000,
        user_name: '小梅',
        user_fans_num: 2000,
        user_fans_level: '素人',
      },
    ],
    [
      '4',
      {
        arcurl: article_url,
        title: '标题',
        post_time,
        play: 16,
        video_review: 17,
        favorites: 15,
        review: 14,
        note_interaction_sum: 43,
        author: '小梅',
        fans_num: 2000,
      },
    ],
    [
      '5',
      {
        content_url: article_url,
        title: '标题',
        post_time,
        like_num: 11,
        comment_num: 14,
        forward_num: 13,
        download_num: 18,
        note_interaction_sum: 56,
        nick_name: '小梅',
        user_fans_num: 2000,
      },
    ],
  ])('platform %s has these fields, and null for what is unknown', async (platform, fields) => {
    const { status, body } = await articles({ platform });

    expect(status).toBe(200);
    expect(body).toEqual({
      err_code: 0,
      err_msg: 'success.',
      data: {
        err_code: 0,
        err_msg: expect.any(String),
        data: { data: [fields, expect.any(Object)], pageSize: 1, totalNum: 2 },
      },
    });
    const other = body.data.data.data[1];
    expect(Object.keys(other)).toEqual(Object.keys(fields));
    const told = Object.entries(other).filter(([, value]) => value !== null);
    expect(told.map(([name]) => name).filter((name) => !/url|post_time|level/.test(name))).toEqual([]);
  });

  // The bounds that let the known article in and the ones that keep it out, which hold at the very number.
  const bounds = {
    likes: 11,
    comments: 14,
    colls: 15,
    shares: 13,
    reads: 12,
    plays: 16,
    danmus: 17,
    downloads: 18,
    interaction: 53,
    interaction_per: 0.0265,
  };
  test.each(Object.entries(bounds))('min_%s and max_%s, each by itself', async (name, value) => {
    const step = name === 'interaction_per' ? 0.001 : 1;

    expect(await urls({ [`min_${name}`]: `${value}` })).toBe('1');
    expect(await urls({ [`min_${name}`]: `${value + step}` })).toBe('');
    expect(await urls({ [`max_${name}`]: `${value}` })).toBe('1');
    expect(await urls({ [`max_${name}`]: `${value - step}` })).toBe('');
    expect(await urls({ [`min_${name}`]: `${value}`, [`max_${name}`]: `${value}` })).toBe('1');
    expect(await urls({ [`min_${name}`]: '', [`max_${name}`]: '' })).toBe('12');
  });

  test.each([
    // A day of Shanghai: the known one is of the 11th there, the unknown one of the 9th.
    [{ post_min_time: '2026-11-11' }, '1'],
    [{ post_min_time: '2026-11-09', post_max_time: '2026-11-09' }, '2'],
    [{ post_max_time: '20261110' }, '2'],
    [{ post_max_time: '2026-11-11' }, '12'],
    [{ post_min_time: '2026.11.10', post_max_time: '2026/11/10' }, ''],
    [{ post_min_time: '2026-11-11 00:30:05', post_max_time: '2026-11-11 00:30:05' }, '1'],
    [{ post_min_time: '2026-11-11 00:30:06' }, ''],
    [{ post_min_time: '2026-11-11T00:30' }, '1'],
    [{ post_max_time: '2026-11-10T16:30:04Z' }, '2'],
    [{ post_min_time: '2026-11-10T16:30:05.000Z' }, '1'],
    [{ post_min_time: String(Date.UTC(2026, 10, 10, 16, 30, 5) / 1000) }, '1'],
    [{ post_min_time: String(Date.UTC(2026, 10, 10, 16, 30, 6)) }, ''],
  ])('posted: %o', async (query, found) => {
    expect(await urls(query)).toBe(found);
  });

  test.each([
    [{ article_type: '2' }, '1'],
    [{ article_type: '1' }, ''],
    [{ user_level: '4' }, '1'],
    [{ user_level: '1' }, ''],
    [{ user_name: '梅' }, '1'],
    [{ user_name: '%' }, ''],
    [{ note_title: '标' }, '1'],
    [{ note_title: '_' }, ''],
    [{ sort_type: '1' }, '21'],
    [{ sort_value: '8', sort_type: '1' }, '12'],
    [{ page_offset: '1', page_size: '2' }, '2'],
    [{ page_offset: '1' }, '1'],
    [{ page_size: '0' }, '12'],
    [{ page_size: '-1' }, '12'],
    [{ page_size: '1000000000' }, ''],
    [{ page_size: '1e9' }, undefined],
    [{ page_offset: '0' }, '1'],
    [{ page_offset: '-5' }, '1'],
    [{ page_offset: '99999999999999999999' }, '12'],
    [{ whatever: 'x', _: '1' }, '12'],
  ] as [Readonly<Record<string, string>>, string | undefined][])('%o', async (query, found) => {
    if (found === undefined) expect((await articles(query)).status).toBe(400);
    else expect(await urls(query)).toBe(found);
  });

  test('filters of 小红书 are not those of other platforms', async () => {
    for (const platform of ['1', '2', '4', '5'])
      expect((await articles({ platform, article_type: '1', user_level: '1' })).body.data.data.totalNum).toBe(2);
  });

  test('note_title is looked for in the text of 微博', async () => {
    expect((await articles({ platform: '2', note_title: '正文' })).body.data.data.totalNum).toBe(1);
    expect((await articles({ platform: '2', note_title: '标题' })).body.data.data.totalNum).toBe(0);
  });

  test('a page tells its own number and how many there are', async () => {
    const { body } = await articles({ page_offset: '1', page_size: '7' });

    expect(body.data.data).toEqual({ data: [], pageSize: 7, totalNum: 2 });
  });

  test.each([
    { platform: '6' },
    { platform: '' },
    { platform: 'weibo' },
    { platform: '1.5' },
    { sort_value: '9' },
    { platform: '1', sort_value: '5' },
    { sort_value: '0' },
    { sort_type: '2' },
    { article_type: '3' },
    { user_level: '5' },
    { min_likes: 'many' },
    { min_likes: '1e3' },
    { max_plays: '99999999999999999999' },
    { min_interaction_per: 'NaN' },
    { max_interaction_per: 'Infinity' },
    { post_min_time: 'yesterday' },
    { post_min_time: '2026-02-30' },
    { post_max_time: '2026-11-11 25:00' },
    { post_max_time: '0000-01-01' },
    { user_name: 'a\0' },
  ] as Readonly<Record<string, string>>[])('%o is wrong: 400', async (query) => {
    const { status, body } = await articles(query);

    expect([status, body]).toEqual([
      400,
      { err_code: 400, err_msg: 'task submit failed.', data: expect.stringContaining(Object.keys(query).at(-1) ?? '') },
    ]);
  });

  test('comes as JSON, with numbers as numbers', async () => {
    const body = {
      stage_uuid: made.stages[0],
      platform: 3,
      min_likes: 11,
      sort_type: -1,
      page_size: 1,
      user_name: null,
    };
    const answered = await api.ask('owner', 'POST /dts-auto-brief/job/view_article_list', { body });

    expect(answered.body.data.data.totalNum).toBe(1);
  });

  test('half a character is no name', async () => {
    const body = { stage_uuid: made.stages[0], platform: 3, user_name: '\ud83d' };

    expect((await api.ask('owner', 'POST /dts-auto-brief/job/view_article_list', { body })).body.err_code).toBe(400);
  });
});
