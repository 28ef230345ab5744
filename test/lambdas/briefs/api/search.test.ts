import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { madeBrief } from '../lists/stored-articles.ts';
import { fileApi, order } from './file-api.ts';

const api = fileApi();
const run = (statement: ReturnType<typeof sql>) => statement.execute(api.database.app.query);

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
    // The front end sends every field that it has: what is empty narrows nothing.
    for (const body of [
      { job_status: [], job_platform: [] },
      { 'job_status[]': [], job_name: '', page_size: null },
    ]) {
      const all = await api.ask('owner', 'POST /dts-auto-brief/job/search', { body });
      expect(all.body.data.totalItems).toBe(6);
    }
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
    expect(await names({ page_offset: '', page_size: '' })).toBe('n11,n10,n9,n8,n7,n6,n5,n4,n3,n2');
    const untold = { body: { page_offset: null, page_size: null } };
    expect((await api.ask('owner', 'POST /dts-auto-brief/job/search', untold)).body.data.jobList).toHaveLength(10);
    for (const page_size of ['x', '1.5', '1,2', '[]'])
      expect((await api.post('owner', 'job/search', { page_size })).status).toBe(400);
    for (const page_size of ['0', '-1']) expect(await names({ page_offset: '1', page_size })).toBe('n11');
    expect(await names({ page_size: '1000000000' })).toBe('');
    expect((await api.post('owner', 'job/search', { job_status: 'done' })).status).toBe(400);
  });

  test('of nothing has no page', async () => {
    expect(await search()).toEqual({ jobList: [], totalItems: 0, totalPages: 0 });
  });
});
