import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { printed } from '../../../support/lambda.ts';
import { type MadeBrief, madeBrief } from '../lists/stored-articles.ts';
import { type StartedApi, setNow, startApi } from './started-api.ts';

let api: StartedApi;
let made: MadeBrief;
let stage: string;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api?.stop());

beforeEach(async () => {
  printed();
  made = await madeBrief(api.database.app, { name: '秋 季/"' });
  stage = made.stages[0] ?? '';
});

afterEach(() => {
  setNow(undefined);
  vi.restoreAllMocks();
});

// Not a picture, but bytes that no text has.
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]);

const export_ = async (...names: readonly string[]) => {
  for (const name of names) await api.put(`briefs/${stage}${name}`, name.endsWith('.png') ? png : 'PK');
  await sql`
    UPDATE briefs.stages SET state = 'finished', export_state = 'made', exported_at = now(), ended_at = now()
    WHERE uuid = ${stage}`.execute(api.database.app.query);
};

const viewed = async () => (await api.post('owner', 'job/view', { job_uuid: made.uuid })).body.data.data[0];

describe('the zip', () => {
  test('is being made: 409, in the words that the front end shows', async () => {
    const { downloadUrl } = await viewed();

    expect(await api.open(downloadUrl)).toMatchObject({
      status: 409,
      body: { err_code: 409, err_msg: 'task submit failed.', data: '报告正在生成中' },
    });
  });

  test('is found by a signed address that leads to the bucket', async () => {
    await export_('.zip');
    const { status, headers, bytes } = await api.open((await viewed()).downloadUrl);

    expect([status, bytes.toString()]).toEqual([302, '']);
    expect(headers['x-process-time']).toBeDefined();
    const file = await fetch(String(headers.location));
    expect([file.status, await file.text()]).toEqual([200, 'PK']);
    expect(file.headers.get('content-type')).toBe('application/zip');
    expect(decodeURIComponent(file.headers.get('content-disposition') ?? '')).toContain('秋 季/"_1.zip');
  });

  test('is found while it is made anew', async () => {
    await export_('.zip');
    await api.post('owner', 'zip', { job_uuid: made.uuid });

    expect((await api.open((await viewed()).downloadUrl)).status).toBe(302);
  });

  test('is no longer kept: 404', async () => {
    await export_();

    expect((await api.open((await viewed()).downloadUrl)).status).toBe(404);
  });

  test('of a brief that was deleted there is none: 404', async () => {
    const { downloadUrl } = await viewed();
    await api.post('owner', 'job/delete', { job_uuid: made.uuid });

    expect((await api.open(downloadUrl)).status).toBe(404);
  });
});

describe('a signed address', () => {
  test.each([
    ['without its signature', (address: string) => address.replace(/&signature=.*/, '')],
    ['with another signature', (address: string) => `${address.slice(0, -2)}zz`],
    ['of another stage', (address: string) => address.replace(/stage_uuid=[^&]+/, `stage_uuid=${crypto.randomUUID()}`)],
    ['that is good for longer', (address: string) => address.replace(/expires=\d/, 'expires=9')],
    ['with a parameter more', (address: string) => `${address}&x=1`],
    ['of another path', (address: string) => address.replace('/download', '/img')],
  ])('%s opens nothing: 403', async (_what, changed) => {
    await export_('.zip', '/weibo_content.png');
    const { status, body } = await api.open(changed((await viewed()).downloadUrl));

    expect([status, body]).toEqual([403, { err_code: 403, err_msg: 'task submit failed.', data: expect.any(String) }]);
  });

  test('is good as long as the file is kept', async () => {
    await export_('.zip');
    const { downloadUrl } = await viewed();
    const day = 24 * 3600 * 1000;

    setNow(new Date(Date.now() + 179 * day));
    expect((await api.open(downloadUrl)).status).toBe(302);
    setNow(new Date(Date.now() + 181 * day));
    expect((await api.open(downloadUrl)).status).toBe(403);
  });

  test('is needed by whoever has a credential, too', async () => {
    await export_('.zip');
    const asked = await api.ask('admin', 'GET /dts-auto-brief/download', { query: { stage_uuid: stage } });

    expect(asked.status).toBe(403);
  });
});

describe('a word cloud', () => {
  test('has an address where there is one, and an empty text where there is none', async () => {
    await export_('/weibo_content.png', '/weibo_topic.png', '/bili_topic.png', '/content_wc.png');
    const data: { platform: number; content_img_url: string; topic_img_url: string }[] = (await viewed()).data_list;
    const shown = data.map((each) => [each.platform, each.content_img_url !== '', each.topic_img_url !== '']);

    expect(shown).toEqual([
      [1, false, false],
      [2, true, true],
      [3, false, false],
      [4, false, true],
      [5, false, false],
    ]);
    const { content_img_url } = data[1] ?? { content_img_url: '' };
    expect(new URL(content_img_url).searchParams.get('platform')).toBe('2');
    expect(new URL(content_img_url).searchParams.get('img_type')).toBe('1');
    const { status, headers, bytes } = await api.open(content_img_url);
    expect([status, headers['content-type'], bytes]).toEqual([200, 'image/png', png]);
  });

  test('that is gone is not found: 404', async () => {
    await export_('/weibo_content.png');
    const { content_img_url } = (await viewed()).data_list[1];
    await sql`UPDATE briefs.stages SET exported_at = now() WHERE uuid = ${stage}`.execute(api.database.app.query);
    const topic = content_img_url.replace('img_type=1', 'img_type=2');

    // Another picture is not what was signed.
    expect((await api.open(topic)).status).toBe(403);
    expect((await api.open(content_img_url)).status).toBe(200);
  });
});
