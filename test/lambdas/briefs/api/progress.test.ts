import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { madeBrief } from '../lists/stored-articles.ts';
import { fileApi, order } from './file-api.ts';
import { setNow } from './started-api.ts';

const api = fileApi();
const run = (statement: ReturnType<typeof sql>) => statement.execute(api.database.app.query);

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
