import { beforeAll, describe, expect, test } from 'vitest';
import type { MadeBrief } from '../lists/stored-articles.ts';
import { fileApi } from './file-api.ts';
import { briefOfTwo, known, postTime as post_time } from './known-articles.ts';

const api = fileApi({ kept: true });
let made: MadeBrief;

beforeAll(async () => {
  made = await briefOfTwo(api.database.app);
});

const ask = (query: Readonly<Record<string, string>>) =>
  api.post('owner', 'job/view_account_list', { stage_uuid: made.stages[0] ?? '', platform: '3', ...query });

const article_url = known.url;

describe('view_account_list', () => {
  const article = { post_time, title: '标题' };
  test.each([
    ['1', { sumRead: 12, sumLike: 11 }, { article_url, ...article, read_num: 12, like_num: 11 }],
    [
      '2',
      { sumLike: 11, sumRepost: 13, sumComment: 14 },
      { article_url, content: '正文', is_repost: 1, repost: 13, like: 11, comment: 14, post_time },
    ],
    [
      '3',
      { sumCollect: 15, sumComment: 14, sumLike: 11, sumShare: 13 },
      {
        note_url: article_url,
        note_title: '标题',
        note_like_num: 11,
        note_comment_num: 14,
        note_collect_num: 15,
        note_share_num: 13,
        note_post_time: post_time,
      },
    ],
    [
      '4',
      { sumCollect: 15, sumComment: 14, sumBarrage: 17, sumPlay: 16 },
      { arcurl: article_url, ...article, play: 16, video_review: 17, favorites: 15, review: 14 },
    ],
    [
      '5',
      { sumDownload: 18, sumComment: 14, sumLike: 11, sumForward: 13 },
      { content_url: article_url, ...article, like_num: 11, comment_num: 14, forward_num: 13, download_num: 18 },
    ],
  ])('platform %s has these sums and articles', async (platform, sums, shown) => {
    const { status, body } = await ask({ platform });

    expect(status).toBe(200);
    expect(body).toEqual({
      err_code: 0,
      err_msg: 'success.',
      data: {
        err_code: 0,
        err_msg: expect.any(String),
        data: {
          data: [{ userName: '小梅', fansNum: 2000, sumNum: 1, ...sums, articleList: [shown] }],
          pageSize: 1,
          totalNum: 1,
        },
      },
    });
  });

  test.each([
    [{ account_name: '梅' }, 1],
    [{ account_name: '_' }, 0],
    [{ account_min_fans: '2000' }, 1],
    [{ account_min_fans: '2001' }, 0],
    [{ account_max_fans: '2000' }, 1],
    [{ account_max_fans: '1999' }, 0],
    [{ kol_level: '4' }, 1],
    [{ kol_level: '1,2,3' }, 0],
    [{ 'kol_level[]': '1,4' }, 1],
    [{ kol_level: '[4]' }, 1],
    [{ kol_level: '' }, 1],
    [{ page_size: '2' }, 1],
  ])('%o', async (query, total) => {
    expect((await ask(query)).body.data.data.totalNum).toBe(total);
  });

  test.each([
    { kol_level: '5' },
    { kol_level: 'all' },
    { account_min_fans: 'x' },
    { account_max_fans: '1e99' },
    { platform: '0' },
  ] as Readonly<Record<string, string>>[])('%o is wrong: 400', async (query) => {
    expect((await ask(query)).status).toBe(400);
  });
});
