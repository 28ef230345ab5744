import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedApi, startApi } from './started-api.ts';

let api: StartedApi;

beforeAll(async () => {
  api = await startApi({ without: ['calls', 'mails', 'exports'] });
});

afterAll(() => api.stop());

const job_desc = {
  job_content: [{ platform: '2', keywords: '精华水', limitnum: 10, starttime: 20261101, endtime: 20261130 }],
};

test('a brief that is written down is a success, whatever queue is away: the sweep is awake and goes on with it', async () => {
  const submitted = await api.ask('owner', 'POST /dts-auto-brief/job/submit', { body: { job_name: '秋季', job_desc } });

  expect(submitted.status).toBe(200);
  expect(submitted.body).toMatchObject({ err_code: 0, data: { jobName: '秋季' } });
  expect(await api.messages('sweeps.fifo')).toHaveLength(1);
  const job_uuid = submitted.body.data.jobUuid as string;
  const cancelled = await api.ask('owner', 'POST /dts-auto-brief/job/cancel', { body: { job_uuid } });
  expect(cancelled.body).toMatchObject({ err_code: 0, data: { jobUuid: job_uuid } });
  const viewed = await api.ask('owner', 'POST /dts-auto-brief/job/view', { body: { job_uuid } });
  expect(viewed.body.data.state).toBe('cancelled');
});

test('the mail of a submission that found no queue is owed until it is sent, once', async () => {
  const { body } = await api.ask('owner', 'POST /dts-auto-brief/job/submit', { body: { job_name: '冬季', job_desc } });

  await expect(api.sweep('away')).rejects.toThrow();
  expect(await api.messages('mails')).toEqual([]);
  await api.sweep('there');
  expect(await api.messages('mails')).toEqual([
    expect.objectContaining({ id: `briefs-${body.data.jobUuid}-submitted`, text: expect.stringContaining('冬季') }),
  ]);
  await api.sweep('there');
  expect(await api.messages('mails')).toEqual([]);
});
