import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { printed } from '../../../support/lambda.ts';
import { type StartedApi, startApi } from './started-api.ts';

let api: StartedApi;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api?.stop());

beforeEach(async () => {
  printed();
  await sql`TRUNCATE briefs.briefs, briefs.articles, briefs.calls, briefs.platforms, platform.sites, platform.turns CASCADE`.execute(
    api.database.admin.query,
  );
});

afterEach(() => vi.restoreAllMocks());

const entry = { platform: '2/3', keywords: '精华水/抗老', limitnum: 1000, starttime: 20190101, endtime: 20200417 };
const desc = (...entries: readonly unknown[]) => JSON.stringify({ job_content: entries });
const good = { job_name: '娇韵诗关键词搜索', job_desc: desc(entry), create_user_name: '小梅', remarks: '急' };
const submit = (over: Readonly<Record<string, string>> = {}) => api.post('owner', 'job/submit', { ...good, ...over });

const rowsOf = async (table: 'briefs' | 'stages' | 'tasks' | 'calls') =>
  (await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(`briefs.${table}`)}`.execute(api.database.app.query))
    .rows;

describe('a brief that is changed', () => {
  const change = (jobUuid: string, over = {}) =>
    api.post('owner', 'job/change', {
      job_uuid: jobUuid,
      job_name: '新',
      job_desc: desc({ ...entry, platform: '1' }),
      ...over,
    });
  const queued = async () => {
    // As if no platform might be asked: nothing of it has begun.
    for (const name of ['weibo', 'redbook'])
      await api.ask('operator', 'POST /briefs/platforms/{name}/pause', {}, { name });
    return (await submit()).body.data.jobUuid as string;
  };

  test('is another one while it is queued', async () => {
    const { status, body } = await change(await queued());

    expect(status).toBe(200);
    expect(body).toMatchObject({ err_code: 0, data: { job_name: '新', estimate: { calls: 200 } } });
    expect(await rowsOf('stages')).toMatchObject([{ name: '新_1', platforms: ['weixin'] }]);
    expect(await rowsOf('tasks')).toHaveLength(2);
  });

  test('is told what is wrong with it', async () => {
    const uuid = await queued();

    expect((await change(uuid, { job_name: '字'.repeat(21) })).body.err_code).toBe(2003);
    expect((await change(uuid, { job_desc: desc({ ...entry, platform: '7' }) })).body.err_code).toBe(2007);
    expect(await rowsOf('stages')).toMatchObject([{ platforms: ['weibo', 'redbook'] }]);
  });

  test('stays as it is once it runs: 2010', async () => {
    const { status, body } = await change((await submit()).body.data.jobUuid);

    expect([status, body]).toEqual([
      200,
      { err_code: 2010, err_msg: 'task submit failed.', data: '工单已开始执行，无法修改！' },
    ]);
  });
});

describe('a brief that is stopped', () => {
  test('keeps the reason, and nothing of it goes on', async () => {
    const { jobUuid } = (await submit()).body.data;
    const cancel = (cancel_reason: string) => api.post('owner', 'job/cancel', { job_uuid: jobUuid, cancel_reason });
    const kept = { status: 200, body: { err_code: 0, data: { jobUuid, jobReason: '不要了' } } };

    expect(await cancel('不要了')).toMatchObject(kept);
    expect(await rowsOf('briefs')).toMatchObject([{ state: 'cancelled', cancel_reason: '不要了' }]);
    expect((await rowsOf('calls')).map(({ state }) => state)).toEqual(['dropped', 'dropped', 'dropped', 'dropped']);
    // Cancelled a second time, it keeps its first reason.
    expect(await cancel('又不要了')).toMatchObject(kept);
    const again = await api.post('owner', 'job/run_again', { job_uuid: jobUuid });
    expect(again).toMatchObject({ status: 409, body: { err_code: 409 } });
  });

  test('has ended already: 409', async () => {
    const { jobUuid } = (await submit()).body.data;
    await sql`UPDATE briefs.briefs SET state = 'finished'`.execute(api.database.app.query);

    expect(await api.post('owner', 'job/cancel', { job_uuid: jobUuid })).toMatchObject({
      status: 409,
      body: { err_code: 409, err_msg: 'task submit failed.' },
    });
  });
});

describe('a brief that has failed', () => {
  test('runs again with what failed of it', async () => {
    const { jobUuid } = (await submit()).body.data;
    await sql`UPDATE briefs.calls SET state = CASE WHEN platform = 'weibo' THEN 'failed' ELSE 'answered' END`.execute(
      api.database.app.query,
    );
    for (const table of ['tasks', 'stages', 'briefs'])
      await sql`UPDATE ${sql.table(`briefs.${table}`)} SET state = 'partial', ended_at = now()`.execute(
        api.database.app.query,
      );

    expect((await api.post('owner', 'job/run_again', { job_uuid: jobUuid })).body).toEqual({
      err_code: 0,
      err_msg: 'success.',
      data: { jobUuid, calls: 2, pages: 0 },
    });
    expect(await rowsOf('briefs')).toMatchObject([{ state: 'running', ended_at: null }]);
  });
});

describe('a brief that is deleted', () => {
  test('is gone with all that is its', async () => {
    const { jobUuid } = (await submit()).body.data;

    expect((await api.post('owner', 'job/delete', { job_uuid: jobUuid })).body.data).toEqual({ jobUuid });
    for (const table of ['briefs', 'stages', 'tasks', 'calls'] as const) expect(await rowsOf(table)).toEqual([]);
    expect((await api.post('owner', 'job/delete', { job_uuid: jobUuid })).status).toBe(404);
  });
});

describe.each([
  ['changed', 'job/change', { job_name: '新', job_desc: desc(entry) }],
  ['cancelled', 'job/cancel', {}],
  ['run again', 'job/run_again', {}],
])('a brief that is deleted just while it is %s', (_, path, asked) => {
  test('is unknown', async () => {
    const { jobUuid } = (await submit()).body.data;
    const { query: watch } = api.database.another();
    const waiting = async () =>
      (await sql`SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted`.execute(watch)).rows.length;
    const answer = await api.database.admin.transaction(async ({ query }) => {
      await sql`DELETE FROM briefs.briefs WHERE uuid = ${jobUuid}`.execute(query);
      // It is still there for whoever looks, and held for whoever wants to change it.
      const answered = api.post('owner', path, { job_uuid: jobUuid, ...asked });
      await expect.poll(waiting, { timeout: 600_000 }).toBeGreaterThan(0);
      return { answered };
    });

    expect(await answer.answered).toMatchObject({ status: 404, body: { err_code: 404 } });
  });
});

describe('files', () => {
  test('are made anew of stages that have ended', async () => {
    const { jobUuid } = (await submit()).body.data;
    const zip = () => api.post('owner', 'zip', { job_uuid: jobUuid });

    expect(await zip()).toMatchObject({ status: 409, body: { data: '报告正在生成中' } });
    await sql`UPDATE briefs.stages SET state = 'finished', ended_at = now()`.execute(api.database.app.query);
    const [{ uuid } = { uuid: '' }] = await rowsOf('stages');
    expect((await zip()).body.data).toEqual({ stageUuids: [uuid] });
    expect((await api.post('owner', 'zip', { stage_uuid: String(uuid) })).body.data).toEqual({ stageUuids: [uuid] });
    expect(JSON.stringify(await api.messages('exports'))).toContain(String(uuid));
    expect(await rowsOf('stages')).toMatchObject([{ export_state: 'wanted' }]);
  });

  test('are those of something: 400 without a brief and a stage', async () => {
    for (const route of ['zip', 'job/run_again'])
      for (const body of [undefined, {}, { job_uuid: '', stage_uuid: null }, { job_uuid: 1 }])
        expect((await api.ask('owner', `POST /dts-auto-brief/${route}`, { body })).status).toBe(400);
  });

  test('are those of the brief where the stage is left empty', async () => {
    const job_uuid = (await submit()).body.data.jobUuid;
    for (const stage_uuid of ['', null])
      expect(
        await api.ask('owner', 'POST /dts-auto-brief/job/run_again', { body: { job_uuid, stage_uuid } }),
      ).toMatchObject({ status: 200, body: { data: { jobUuid: job_uuid } } });
  });
});
