import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { printed } from '../../../support/lambda.ts';
import { addArticles, madeBrief } from '../lists/stored-articles.ts';
import { type StartedApi, setNow, startApi } from './started-api.ts';

let api: StartedApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api?.stop());

beforeEach(async () => {
  printed();
  await sql`TRUNCATE briefs.briefs, briefs.articles, briefs.calls, platform.sites, platform.turns CASCADE`.execute(
    api.database.admin.query,
  );
});

afterEach(() => {
  setNow(undefined);
  vi.restoreAllMocks();
});

const run = (statement: ReturnType<typeof sql>) => statement.execute(api.database.app.query);
const order = {
  platforms: platformNames,
  keywords: ['精华水', '抗老'],
  limit: 100,
  fromDay: '2026-01-01',
  toDay: '2026-11-21',
};

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

describe('job/search', () => {
  const search = async (query: Readonly<Record<string, string>> = {}, who: 'owner' | 'other' | 'admin' = 'owner') => {
    const { status, body } = await api.post(who, 'job/search', query);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.data;
  };
  const names = async (query: Readonly<Record<string, string>>) =>
    (await search(query)).jobList.map(({ jobName }: { jobName: string }) => jobName).join();

  test('shows all of one’s own', async () => {
    const { uuid, code } = await madeBrief(api.database.app, {
      orders: [
        { ...order, platforms: ['redbook', 'weibo'] },
        { ...order, fromDay: '2025-05-01', platforms: ['weibo'] },
      ],
    });
    await run(
      sql`UPDATE briefs.briefs SET created_at = '2026-11-20T16:00:01.9Z', state = 'cancelled', cancel_reason = '不'`,
    );

    expect(await search()).toEqual({
      jobList: [
        {
          jobUuid: uuid,
          jobCode: code,
          jobPlatforms: '微博、小红书',
          jobName: '秋季',
          jobLimitNum: 600,
          jobStartTime: '2025.05.01',
          jobEndTime: '2026.11.21',
          jobStatus: '已取消',
          state: 'cancelled',
          cancelReason: '不',
          remarks: '急',
          CreateUserName: '小梅',
          CreateTime: '2026-11-21 00:00:01',
        },
      ],
      totalItems: 1,
      totalPages: 1,
    });
  });

  test('of others shows id, name, owner, state and time', async () => {
    const { uuid } = await madeBrief(api.database.app);
    const [own] = (await search()).jobList;
    const hidden = Object.fromEntries(
      ['jobCode', 'jobPlatforms', 'jobLimitNum', 'jobStartTime', 'jobEndTime', 'cancelReason', 'remarks'].map(
        (name) => [name, null],
      ),
    );

    expect((await search({}, 'other')).jobList).toEqual([{ ...own, ...hidden }]);
    expect((await search({}, 'admin')).jobList).toEqual([own]);
    expect(own.jobUuid).toBe(uuid);
    // What is hidden is not found out by asking for it.
    expect((await search({ job_platform: '2' }, 'other')).totalItems).toBe(0);
    expect((await search({ job_platform: '2' }, 'admin')).totalItems).toBe(1);
  });

  test('is narrowed by each parameter', async () => {
    const states = ['queued', 'running', 'finished', 'partial', 'cancelled', 'failed'];
    for (const [index, state] of states.entries()) {
      const platforms = [platformNames[index % 5] ?? 'bili'];
      const createUserName = `u${index}%`;
      const { uuid } = await madeBrief(api.database.app, {
        name: state,
        createUserName,
        orders: [{ ...order, platforms }],
      });
      await run(sql`UPDATE briefs.briefs SET state = ${state} WHERE uuid = ${uuid}`);
    }

    expect(await names({})).toBe('failed,cancelled,partial,finished,running,queued');
    expect(await names({ job_name: 'ED' })).toBe('failed,cancelled,finished,queued');
    expect(await names({ job_name: '%' })).toBe('');
    expect(await names({ create_user_name: '2%' })).toBe('finished');
    expect(await names({ job_status: '0' })).toBe('queued');
    expect(await names({ job_status: '1' })).toBe('running');
    expect(await names({ job_status: '4' })).toBe('running');
    expect(await names({ job_status: '2' })).toBe('partial,finished');
    expect(await names({ job_status: '3' })).toBe('cancelled');
    expect(await names({ job_status: '5' })).toBe('failed');
    expect(await names({ job_status: '9' })).toBe('');
    expect(await names({ job_status: '' })).toBe('failed,cancelled,partial,finished,running,queued');
    // Twice in the query, as a list of some clients, and as JSON.
    expect(await names({ job_status: '0,5' })).toBe('failed,queued');
    expect(await names({ 'job_status[]': '0,5' })).toBe('failed,queued');
    expect(await names({ job_status: '[0, 5]' })).toBe('failed,queued');
    const listed = await api.ask('owner', 'POST /dts-auto-brief/job/search', { body: { job_status: [0, '5'] } });
    expect(listed.body.data.totalItems).toBe(2);
    expect(await names({ job_platform: '1' })).toBe('failed,queued');
    expect(await names({ job_platform: '1,2' })).toBe('failed,running,queued');
    expect(await names({ job_platform: '9' })).toBe('');
    expect(await names({ job_platform: '1', job_status: '0', job_name: 'q' })).toBe('queued');
  });

  test('comes page by page: page_offset is how long one is, page_size its number', async () => {
    for (let at = 0; at < 12; at += 1) await madeBrief(api.database.app, { name: `n${at}` });

    expect(await names({})).toBe('n11,n10,n9,n8,n7,n6,n5,n4,n3,n2');
    expect(await names({ page_size: '2' })).toBe('n1,n0');
    expect(await names({ page_offset: '5', page_size: '2' })).toBe('n6,n5,n4,n3,n2');
    expect(await search({ page_offset: '5', page_size: '9' })).toEqual({ jobList: [], totalItems: 12, totalPages: 3 });
    for (const page_size of ['0', '-1']) expect(await names({ page_offset: '1', page_size })).toBe('n11');
    expect(await names({ page_size: '1000000000' })).toBe('');
    expect((await api.post('owner', 'job/search', { job_status: 'done' })).status).toBe(400);
  });

  test('of nothing has no page', async () => {
    expect(await search()).toEqual({ jobList: [], totalItems: 0, totalPages: 0 });
  });
});

describe('job/spider_progress', () => {
  const progress = async (uuid: string) => (await api.post('owner', 'job/spider_progress', { job_uuid: uuid })).body;
  const weibo = { ...order, platforms: ['weibo'] as const };

  test('of a brief that waits tells how many wait before it', async () => {
    await madeBrief(api.database.app);
    const { uuid, code } = await madeBrief(api.database.app, { orders: [weibo] });
    const { err_code, data } = await progress(uuid);

    expect(err_code).toBe(0);
    expect(data).toEqual({
      job_code: code,
      create_user_name: '小梅',
      job_create_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      job_wait_count: 1,
      job_status: '准备中',
      state: 'queued',
      job_run_time: null,
      pages_done: 0,
      pages_all: 20,
      crawled: 0,
      stored: 0,
      failed: 0,
      on_their_way: 0,
      dropped: {},
      estimated_end: null,
      tasks: ['抗老', '精华水'].map((keyword) => ({
        stageName: '秋季_1',
        platform: 2,
        platform_name: '微博',
        keyword,
        state: 'queued',
        reason: null,
        pages_done: 0,
        pages_all: 10,
        crawled: 0,
        stored: 0,
        failed: 0,
        on_their_way: 0,
        dropped: {},
      })),
    });
  });

  test('of one that runs counts pages and what became of what they had, and estimates its end', async () => {
    const { uuid } = await madeBrief(api.database.app, { orders: [weibo] });
    await run(sql`UPDATE briefs.briefs SET state = 'running', started_at = '2026-11-21T02:00:00Z'`);
    await run(sql`UPDATE briefs.tasks SET state = 'running'`);
    await run(sql`UPDATE briefs.tasks SET state = 'partial', reason = 'no-balance' WHERE keyword = '抗老'`);
    await run(sql`UPDATE briefs.calls SET state = 'answered'`);
    const fates = [
      ['stored', null, 5],
      ['dropped', 'repeat', 2],
      ['dropped', 'over-limit', 1],
      ['failed', 'unreadable-time', 1],
      ['sent', null, 3],
    ] as const;
    for (const [state, reason, count] of fates)
      await run(sql`
        INSERT INTO briefs.finds (task_uuid, page, place, state, reason)
        SELECT uuid, 1, ${`${state}${reason}`} || n, ${state}, ${reason}::text
        FROM briefs.tasks, generate_series(1, ${count}::integer) AS n`);
    setNow(new Date('2026-11-21T02:01:00Z'));
    const { data } = await progress(uuid);

    const each = { crawled: 12, stored: 5, failed: 1, on_their_way: 3, dropped: { repeat: 2, 'over-limit': 1 } };
    expect(data.tasks).toMatchObject([
      { keyword: '抗老', state: 'partial', reason: 'no-balance', pages_done: 1, pages_all: 1, ...each },
      { keyword: '精华水', state: 'running', pages_done: 1, pages_all: 10, ...each },
    ]);
    expect(data).toMatchObject({
      job_wait_count: 0,
      job_run_time: 60,
      pages_done: 2,
      pages_all: 11,
      crawled: 24,
      stored: 10,
      failed: 2,
      on_their_way: 6,
      dropped: { repeat: 4, 'over-limit': 2 },
      // Two pages took a minute, nine are left.
      estimated_end: '2026-11-21T02:05:30.000Z',
    });
  });

  test('of one that has ended has no estimate, and the time that it took', async () => {
    const { uuid } = await madeBrief(api.database.app, { orders: [weibo] });
    await run(sql`
      UPDATE briefs.briefs SET state = 'finished', started_at = '2026-11-21T02:00:00Z', ended_at = '2026-11-21T02:00:07.5Z'`);
    await run(sql`UPDATE briefs.tasks SET state = 'finished'`);

    expect((await progress(uuid)).data).toMatchObject({ job_run_time: 7.5, estimated_end: null, pages_all: 0 });
  });
});
