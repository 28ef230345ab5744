import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { addArticles, madeBrief } from '../lists/stored-articles.ts';
import { fileApi, order } from './file-api.ts';

const api = fileApi();
const run = (statement: ReturnType<typeof sql>) => statement.execute(api.database.app.query);

describe('job/view', () => {
  test('shows a brief with its stages, and zeros where nothing was found', async () => {
    const made = await madeBrief(api.database.app, { orders: [order, { ...order, platforms: ['weibo', 'redbook'] }] });
    const { status, body } = await api.post('owner', 'job/view', { job_uuid: made.uuid });

    expect(status).toBe(200);
    expect(body).toEqual({
      err_code: 0,
      err_msg: 'success.',
      data: {
        jobUuid: made.uuid,
        jobCode: made.code,
        jobName: '秋季',
        jobStatus: '准备中',
        state: 'queued',
        reason: null,
        startedAt: null,
        endedAt: null,
        data: [
          expect.any(Object),
          {
            stageName: '秋季_2',
            stageUuid: made.stages[1],
            stageStatus: '准备中',
            stageState: 'queued',
            reason: null,
            downloadUrl: expect.stringMatching(/^https:\/\/[^/]+\/dts-auto-brief\/download\?stage_uuid=/),
            remarks: '急',
            platforms: '微博; 小红书',
            stageRunTime: '2026-01-01~2026-11-21',
            keywords: '精华水、抗老',
            limitNum: 100,
            startedAt: null,
            endedAt: null,
            data_list: [
              {
                article_sum_num: 0,
                account_sum_num: 0,
                article_interaction_sum_sum: 0,
                article_comment_sum_num: 0,
                article_like_sum_num: 0,
                article_repost_sum_num: 0,
                platform: 2,
                content_img_url: '',
                topic_img_url: '',
              },
              {
                article_sum_num: 0,
                account_sum_num: 0,
                article_interaction_sum_sum: 0,
                article_collect_like_sum_num: 0,
                article_collect_sum_num: 0,
                article_comment_sum_num: 0,
                article_like_sum_num: 0,
                article_share_sum_num: 0,
                platform: 3,
                content_img_url: '',
                topic_img_url: '',
              },
            ],
          },
        ],
      },
    });
  });

  test('adds up what is known, by platform', async () => {
    const made = await madeBrief(api.database.app);
    const figures = { like: 1, read: 2, share: 3, comment: 4, collect: 5, play: 6, danmu: 7, download: 8, coin: 9 };
    for (const platform of platformNames)
      await addArticles(api.database.app, made, platform, [
        { user_id: 'a', figures },
        { user_id: 'a', figures },
        { user_id: 'b' },
      ]);
    const { body } = await api.post('owner', 'job/view', { job_uuid: made.uuid });
    const common = { article_sum_num: 3, account_sum_num: 2, content_img_url: '', topic_img_url: '' };

    expect(body.data.data[0].platforms).toBe('微信; 微博; 小红书; B站; 抖音');
    expect(body.data.data[0].data_list).toEqual([
      {
        ...common,
        platform: 1,
        article_interaction_sum_sum: 2,
        article_like_sum_num: 2,
        article_read_sum_num: 4,
      },
      {
        ...common,
        platform: 2,
        article_interaction_sum_sum: 16,
        article_comment_sum_num: 8,
        article_like_sum_num: 2,
        article_repost_sum_num: 6,
      },
      {
        ...common,
        platform: 3,
        article_interaction_sum_sum: 26,
        article_collect_like_sum_num: 12,
        article_collect_sum_num: 10,
        article_comment_sum_num: 8,
        article_like_sum_num: 2,
        article_share_sum_num: 6,
      },
      {
        ...common,
        platform: 4,
        article_interaction_sum_sum: 26,
        article_barrage_sum_num: 14,
        article_collect_sum_num: 10,
        article_comment_sum_num: 8,
        article_play_sum_num: 12,
      },
      {
        ...common,
        platform: 5,
        article_interaction_sum_sum: 32,
        article_download_sum_num: 16,
        article_forward_sum_num: 6,
        article_comment_sum_num: 8,
        article_like_sum_num: 2,
      },
    ]);
  });

  test.each([
    ['queued', '准备中'],
    ['running', '执行中'],
    ['finished', '已完成'],
    ['partial', '已完成'],
    ['cancelled', '已取消'],
    ['failed', '审核失败'],
  ])('%s is %s, with its times', async (state, text) => {
    const { uuid } = await madeBrief(api.database.app);
    const [started, ended] = ['2026-11-21T02:00:00.000Z', '2026-11-21T02:00:07.500Z'];
    for (const table of ['briefs', 'stages'])
      await run(
        sql`UPDATE ${sql.table(`briefs.${table}`)} SET state = ${state}, started_at = ${started}, ended_at = ${ended}`,
      );
    const { data } = (await api.post('owner', 'job/view', { job_uuid: uuid })).body;

    expect(data).toMatchObject({ jobStatus: text, state, startedAt: started, endedAt: ended });
    expect(data.data[0]).toMatchObject({ stageStatus: text, stageState: state, startedAt: started, endedAt: ended });
    expect(data.data[0].downloadUrl === '').toBe(state === 'cancelled');
  });
});
