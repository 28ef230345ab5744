import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { madeBrief } from '../lists/stored-articles.ts';
import { fileApi } from './file-api.ts';

const api = fileApi();

const entry = { platform: '2/3', keywords: '精华水/抗老', limitnum: 1000, starttime: 20190101, endtime: 20200417 };
const desc = (...entries: readonly unknown[]) => JSON.stringify({ job_content: entries });
const good = { job_name: '娇韵诗关键词搜索', job_desc: desc(entry), create_user_name: '小梅', remarks: '急' };
const submit = (over: Readonly<Record<string, string>> = {}) => api.post('owner', 'job/submit', { ...good, ...over });
const inBody = (body: unknown) => api.ask('owner', 'POST /dts-auto-brief/job/submit', { body });

const rowsOf = async (table: 'briefs' | 'stages' | 'tasks' | 'calls') =>
  (await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(`briefs.${table}`)}`.execute(api.database.app.query))
    .rows;

describe('a brief that is submitted', () => {
  test('by the query is answered at once, with its code and an estimate', async () => {
    const { status, body, headers } = await submit();

    expect(status).toBe(200);
    expect(body).toEqual({
      err_code: 0,
      err_msg: 'success.',
      data: {
        jobUuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        jobCode: expect.stringMatching(/^20\d{6}\d{3,4}$/),
        jobName: '娇韵诗关键词搜索',
        remarks: '急',
        jobContent: { job_content: [entry] },
        estimate: {
          // 2 keywords: 100 pages of ten on weibo, 50 of twenty on redbook, which cost a thousandth of a dollar each.
          calls: 300,
          detail_calls: 0,
          cost_usd: 0.1,
          over_budget: false,
          by_platform: {
            weibo: { calls: 200, detail_calls: 0, cost_usd: 0, over_budget: false },
            redbook: { calls: 100, detail_calls: 0, cost_usd: 0.1, over_budget: false },
          },
        },
      },
    });
    expect(headers['x-process-time']).toMatch(/^\d+\.\d{3}$/);
    expect(await rowsOf('briefs')).toMatchObject([
      { name: '娇韵诗关键词搜索', owner: 'owner', create_user_name: '小梅', remarks: '急', article_limit: 4000 },
    ]);
    expect(await rowsOf('stages')).toMatchObject([{ name: '娇韵诗关键词搜索_1', platforms: ['weibo', 'redbook'] }]);
    expect(await rowsOf('tasks')).toHaveLength(4);
    // Its first calls are on their way.
    expect((await api.messages('calls')).length).toBeGreaterThan(0);
  });

  test('is told to whoever submitted it, with its code and where its files will be', async () => {
    while ((await api.messages('mails')).length > 0);
    const { jobUuid, jobCode } = (await submit({ idempotency_key: 'm' })).body.data;
    await submit({ idempotency_key: 'm' });
    const mails = await api.messages('mails');

    // One id: the second one is not sent.
    expect(mails.map(({ id }) => id)).toEqual([`briefs-${jobUuid}-submitted`, `briefs-${jobUuid}-submitted`]);
    expect(mails[0].subject).toContain(jobCode);
    const [link = ''] = /https:\/\/briefs\.test\/\S+/.exec(mails[0].text) ?? [];
    expect(await api.open(link)).toMatchObject({ status: 409, body: { data: '报告正在生成中' } });
    await submit({ dry_run: 'true' });
    expect(await api.messages('mails')).toEqual([]);
  });

  test.each([
    ['as text', { ...good }],
    ['as an object', { ...good, job_desc: { job_content: [entry] } }],
    ['with fields that nobody knows', { ...good, token: 'x', executor_name: null, _t: 1 }],
    ['with numbers as text', { ...good, job_desc: { job_content: [{ ...entry, limitnum: '1000', platform: '2/3' }] } }],
  ])('by a JSON body, %s', async (_how, body) => {
    expect(await inBody(body)).toMatchObject({ status: 200, body: { err_code: 0, data: { jobName: good.job_name } } });
  });

  test('is whoever calls, where no name is given', async () => {
    await submit({ create_user_name: '' });

    expect(await rowsOf('briefs')).toMatchObject([{ create_user_name: 'owner' }]);
  });

  test('is only estimated by a dry run', async () => {
    for (const dry_run of ['true', '1'])
      expect((await submit({ dry_run })).body).toMatchObject({ err_code: 0, data: { estimate: { calls: 300 } } });
    const { body } = await inBody({ ...good, dry_run: true });

    expect(Object.keys(body.data)).toEqual(['estimate']);
    expect(await rowsOf('briefs')).toEqual([]);
  });

  test('says what would pass its budget', async () => {
    const job_desc = desc({
      ...entry,
      platform: '3',
      limitnum: 10_000,
      keywords: Array.from({ length: 12 }, (_, n) => n).join('/'),
    });

    expect((await submit({ job_desc, dry_run: 'true' })).body.data.estimate).toMatchObject({
      calls: 6000,
      cost_usd: 6,
      over_budget: true,
    });
  });

  test('is the first one under the same key of the same caller', async () => {
    const first = await submit({ idempotency_key: 'k' });
    const again = await submit({
      idempotency_key: 'k',
      job_name: 'x',
      remarks: 'y',
      job_desc: desc({ ...entry, platform: '1' }),
    });
    const others = await api.post('other', 'job/submit', { ...good, idempotency_key: 'k' });

    // As it is stored, and not as it was asked for the second time.
    expect(again.body).toEqual(first.body);
    expect(others.body.data.jobUuid).not.toBe(first.body.data.jobUuid);
    expect(await rowsOf('briefs')).toHaveLength(2);
  });

  test('has a code that no other one has, however many functions take briefs at once', async () => {
    const functions = Array.from({ length: 6 }, () => api.database.another());
    const made = await Promise.all(
      Array.from({ length: 60 }, (_, at) => madeBrief(functions[at % 6] ?? api.database.app)),
    );
    const codes = made.map(({ code }) => code);

    expect(new Set(codes).size).toBe(60);
    for (const code of codes) expect(code).toMatch(/^20\d{6}(\d{3}|[1-9]\d{3})$/);
    expect(new Set(codes.map((code) => code.slice(0, 8))).size).toBeLessThanOrEqual(2);
  });
});

describe('what is wrong with a brief', () => {
  const six = Array.from({ length: 6 }, () => entry);
  const long = '字'.repeat(21);
  const without = (field: keyof typeof entry) => ({ ...entry, [field]: '' });

  test.each([
    ['a name of 21', { job_name: long }, 2003, '项目名过长，请保持在20位内！'],
    ['a name of ten thousand', { job_name: '字'.repeat(10_000) }, 2003, '项目名过长，请保持在20位内！'],
    ['a name of marks upon marks', { job_name: `a${'\u0301'.repeat(1000)}` }, 2003, '项目名过长，请保持在20位内！'],
    ['a content that is no list', { job_desc: '{"job_content":{"a":1}}' }, 2004, '工单详情请输入列表格式数据！'],
    ['a description that is no JSON', { job_desc: '{"job_content":[' }, 2004, '工单详情请输入列表格式数据！'],
    ['no description', { job_desc: '' }, 2004, '工单详情请输入列表格式数据！'],
    ['a day that no database has', { job_desc: desc({ ...entry, starttime: '00000101' }) }, 2008, /[\u4e00-\u9fff]/],
    ['six entries', { job_desc: desc(...six) }, 2005, '数据长度过大，请保持工单详情长度在5以内（包括5）！'],
    ['no entry', { job_desc: desc() }, 2006, '需求内容填写不全！！'],
    ['no name', { job_name: '' }, 2006, '需求内容填写不全！！'],
    ['no platform', { job_desc: desc(without('platform')) }, 2006, '需求内容填写不全！！'],
    ['no keyword', { job_desc: desc(without('keywords')) }, 2006, '需求内容填写不全！！'],
    ['no number', { job_desc: desc(without('limitnum')) }, 2006, '需求内容填写不全！！'],
    ['no start', { job_desc: desc(without('starttime')) }, 2006, '需求内容填写不全！！'],
    ['no end', { job_desc: desc(without('endtime')) }, 2006, '需求内容填写不全！！'],
    ['a platform that there is none', { job_desc: desc({ ...entry, platform: '2/6' }) }, 2007, /[\u4e00-\u9fff]/],
    ['an end before its start', { job_desc: desc({ ...entry, endtime: 20181231 }) }, 2008, /[\u4e00-\u9fff]/],
    ['a day that no calendar has', { job_desc: desc({ ...entry, starttime: 20190229 }) }, 2008, /[\u4e00-\u9fff]/],
    ['a number of 0', { job_desc: desc({ ...entry, limitnum: 0 }) }, 2009, /[\u4e00-\u9fff]/],
    ['a number of 10,001', { job_desc: desc({ ...entry, limitnum: 10_001 }) }, 2009, /[\u4e00-\u9fff]/],
    ['a number with a fraction', { job_desc: desc({ ...entry, limitnum: 1.5 }) }, 2009, /[\u4e00-\u9fff]/],
    ['a huge number', { job_desc: desc({ ...entry, limitnum: 1e30 }) }, 2009, /[\u4e00-\u9fff]/],
  ])('%s', async (_what, over, code, text) => {
    for (const { status, body } of [await submit(over), await inBody({ ...good, ...over })]) {
      expect(status).toBe(200);
      expect(body).toEqual({ err_code: code, err_msg: 'task submit failed.', data: expect.stringMatching(text) });
    }
    expect(await rowsOf('briefs')).toEqual([]);
  });

  test('is told one after the other, in the order that the front end knows', async () => {
    const worse = { platform: '9', keywords: 'a', limitnum: 0, starttime: 2, endtime: 1 };
    const order = [
      [{ job_name: long, job_desc: 'x' }, 2003],
      [{ job_desc: '{"job_content":"x"}' }, 2004],
      [{ job_desc: desc(...Array.from({ length: 6 }, () => ({}))) }, 2005],
      [{ job_desc: desc(worse, {}) }, 2006],
      [{ job_desc: desc(worse) }, 2007],
      [{ job_desc: desc({ ...worse, platform: '1' }) }, 2008],
      [{ job_desc: desc({ ...worse, platform: '1', starttime: 20200101, endtime: 20200101 }) }, 2009],
    ] as const;

    for (const [over, code] of order) expect((await submit(over)).body.err_code).toBe(code);
  });

  test('is no fault at the very bounds', async () => {
    const job_desc = desc(
      ...Array.from({ length: 5 }, () => ({ ...entry, platform: 1, keywords: 7, limitnum: 10_000 })),
    );

    expect((await submit({ job_name: '字'.repeat(20), job_desc })).body.err_code).toBe(0);
    expect((await submit({ job_name: '👨‍👩‍👧‍👦'.repeat(20) })).body.err_code).toBe(0);
  });

  test.each([
    ['a name that is a number', { job_name: 1 }],
    ['a list as a name', { job_name: ['x'] }],
    ['remarks that are an object', { remarks: {} }],
    ['a dry run that is neither', { dry_run: 'maybe' }],
    ['a key of 201', { idempotency_key: 'k'.repeat(201) }],
  ])('%s is of another type: 400', async (_what, over) => {
    expect(await inBody({ ...good, ...over })).toMatchObject({
      status: 400,
      body: { err_code: 400, err_msg: 'task submit failed.', data: expect.any(String) },
    });
  });

  test.each(['[1]', '"x"', 'null', '{"job_name":', 'a=b'])('a body of %s is none: 400', async (body) => {
    expect(await inBody(body)).toMatchObject({ status: 400, body: { err_code: 400 } });
  });
});

describe('hostile input', () => {
  test('more than people ask for is refused', async () => {
    const keywords = Array.from({ length: 2501 }, (_, at) => at).join('/');

    for (const over of [{ keywords }, { keywords: 'k'.repeat(201) }]) {
      const { status, body } = await submit({ job_desc: desc({ ...entry, ...over }) });
      expect([status, body.err_code, body.data]).toEqual([400, 400, expect.stringContaining('job_desc: ')]);
    }
    const most = desc({ ...entry, platform: '1', keywords: `${'k'.repeat(200)}/🙂` });
    expect((await submit({ job_desc: most })).body.err_code).toBe(0);
    expect(await rowsOf('tasks')).toHaveLength(2);
  });

  test('characters that no database holds are replaced, wherever they stand', async () => {
    const { status, body } = await inBody({
      job_name: 'a',
      job_desc: desc({ ...entry, keywords: 'a\u0000b/抗老' }),
    });

    expect([status, body.err_code]).toEqual([200, 0]);
    expect(await rowsOf('stages')).toMatchObject([{ keywords: ['a\ufffdb', '抗老'] }]);
  });

  test.each([
    { job_name: 'a\ud800' },
    { remarks: '\udc00 x' },
    { create_user_name: '\ud83d' },
    { idempotency_key: '\ud800' },
    { job_desc: desc({ ...entry, keywords: 'a/\ud800' }) },
    { job_desc: { job_content: [{ ...entry, keywords: '\ud800' }] } },
  ])('half a character is no text, wherever it stands: %j', async (wrong) => {
    const { status, body } = await inBody({ ...good, ...wrong });

    expect([status, body.err_code, body.data]).toEqual([400, 400, expect.stringContaining('Not a valid string.')]);
    expect(await rowsOf('briefs')).toEqual([]);
  });

  test('a body without a description has no list, and its name comes first', async () => {
    expect((await inBody({ job_name: 'x' })).body.err_code).toBe(2004);
    expect((await inBody({ job_name: '字'.repeat(21) })).body.err_code).toBe(2003);
    expect((await inBody({})).body.err_code).toBe(2004);
  });

  test('JSON nested beyond sense is no list of anything', async () => {
    const deep = `{"job_content":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

    expect((await inBody({ ...good, job_desc: deep })).body.err_code).toBe(2004);
  });

  test('NUL in a name is refused, and nothing of the database is told', async () => {
    const { status, body } = await inBody({ ...good, job_name: 'a\u0000' });

    expect([status, JSON.stringify(body)]).toEqual([400, expect.not.stringMatching(/SQL|briefs\.|postgres/i)]);
  });

  test('statements are text', async () => {
    const name = "'; DROP TABLE x--";
    expect((await submit({ job_name: name, remarks: name })).body.data.jobName).toBe(name);
    expect(await rowsOf('briefs')).toMatchObject([{ name, remarks: name }]);
  });

  test('names of prototypes are keywords like others', async () => {
    const { body } = await submit({ job_desc: desc({ ...entry, keywords: '__proto__/constructor/toString' }) });

    expect(body.err_code).toBe(0);
    expect(await rowsOf('stages')).toMatchObject([{ keywords: ['__proto__', 'constructor', 'toString'] }]);
  });
});
