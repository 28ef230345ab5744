import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { briefsApiRoutes } from '../../../../lambdas/briefs/api/routes.ts';
import { printed } from '../../../support/lambda.ts';
import { type MadeBrief, madeBrief } from '../lists/stored-articles.ts';
import { type StartedApi, startApi, type Who } from './started-api.ts';

let api: StartedApi;
let made: MadeBrief;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api?.stop());

beforeEach(async () => {
  printed();
  await sql`TRUNCATE briefs.briefs, briefs.calls, briefs.platforms, platform.sites, platform.turns CASCADE`.execute(
    api.database.admin.query,
  );
  made = await madeBrief(api.database.app);
});

afterEach(() => vi.restoreAllMocks());

const desc = '{"job_content":[{"platform":"2","keywords":"a","limitnum":1,"starttime":20190101,"endtime":20190101}]}';

/** What each route that is about a brief is asked with. */
const ofBrief: Readonly<Record<string, (brief: MadeBrief) => Readonly<Record<string, string>>>> = {
  'job/view': ({ uuid }) => ({ job_uuid: uuid }),
  'job/spider_progress': ({ uuid }) => ({ job_uuid: uuid }),
  'job/change': ({ uuid }) => ({ job_uuid: uuid, job_name: 'x', job_desc: desc }),
  'job/cancel': ({ uuid }) => ({ job_uuid: uuid }),
  'job/run_again': ({ uuid }) => ({ job_uuid: uuid }),
  'job/view_article_list': ({ stages: [stage = ''] }) => ({ stage_uuid: stage, platform: '2' }),
  'job/view_account_list': ({ stages: [stage = ''] }) => ({ stage_uuid: stage, platform: '2' }),
  zip: ({ stages: [stage = ''] }) => ({ stage_uuid: stage }),
  'job/delete': ({ uuid }) => ({ job_uuid: uuid }),
};

const stateOf = async () =>
  (await sql<object>`SELECT name, state, orders FROM briefs.briefs`.execute(api.database.app.query)).rows;

test('every route about a brief is asked here', () => {
  const others = ['job/submit', 'job/search', 'download', 'img'];
  const asked = [...Object.keys(ofBrief), ...others].map((route) => `/dts-auto-brief/${route}`);
  const paths = Object.keys(briefsApiRoutes).map((key) => key.split(' ')[1] ?? '');

  expect(asked.sort()).toEqual(paths.filter((path) => path.startsWith('/dts-auto-brief')).sort());
});

describe.each(Object.entries(ofBrief))('%s', (route, parameters) => {
  test('of somebody else is as unknown as none, and changes nothing', async () => {
    const before = await stateOf();
    const unknown = { uuid: crypto.randomUUID(), code: '', stages: [crypto.randomUUID()] };
    const ids = (of: MadeBrief) => [of.uuid, ...of.stages];

    for (const who of ['other', 'operator'] as const) {
      const others = await api.post(who, route, parameters(made));
      const nobodys = await api.post(who, route, parameters(unknown));
      expect([others.status, nobodys.status]).toEqual([404, 404]);
      const plain = (text: string, of: MadeBrief) => ids(of).reduce((told, id) => told.replaceAll(id, 'ID'), text);
      expect(plain(JSON.stringify(others.body), made)).toBe(plain(JSON.stringify(nobodys.body), unknown));
    }
    expect(await stateOf()).toEqual(before);
  });

  test('is nobody’s without a name: 401', async () => {
    const { status, body } = await api.post('nobody', route, parameters(made));

    expect([status, body]).toEqual([401, { err_code: 401, err_msg: 'task submit failed.', data: expect.any(String) }]);
  });

  test.each(['1', 'x'.repeat(5000), "' OR 1=1--", '00000000-0000-4000-8000-00000000000g', '%'])(
    'an id that is none is not found',
    async (id) => {
      const given = parameters({ uuid: id, code: '', stages: [id] });

      expect((await api.post('admin', route, given)).status).toBe(404);
    },
  );

  test('needs its id: 400', async () => {
    expect((await api.post('owner', route, { platform: '2' })).status).toBe(400);
    // One of two ids may be left out, as what is empty is.
    const empty = parameters({ uuid: '', code: '', stages: [''] });
    const either = ['zip', 'job/run_again'].includes(route);
    expect((await api.post('owner', route, empty)).status).toBe(either ? 400 : 404);
  });

  test.each(['owner', 'admin'] satisfies Who[])('is for its %s', async (who) => {
    const { status } = await api.post(who, route, parameters(made));

    // Files of what has not ended are not made anew.
    expect(status).toBe(route === 'zip' ? 409 : 200);
  });

  test('takes an id in capital letters', async () => {
    const capital = { ...made, uuid: made.uuid.toUpperCase(), stages: made.stages.map((id) => id.toUpperCase()) };

    expect((await api.post('owner', route, parameters(capital))).status).toBe(route === 'zip' ? 409 : 200);
  });
});

describe('how platforms stand', () => {
  const list = (who: Who) => api.ask(who, 'GET /briefs/platforms');
  const act = (who: Who, action: string, name: string, body?: unknown) =>
    api.ask(who, `POST /briefs/platforms/{name}/${action}`, { body }, { name });

  test('is for operators', async () => {
    for (const [who, status] of [
      ['nobody', 401],
      ['owner', 403],
      ['operator', 200],
      ['admin', 200],
    ] as const) {
      expect((await list(who)).status).toBe(status);
      expect((await act(who, 'pause', 'weibo')).status).toBe(status);
      expect((await act(who, 'resume', 'weibo')).status).toBe(status);
    }
  });

  test('shows each, and what a person has done', async () => {
    const { body } = await list('operator');
    expect(body.data.map(({ code, name, state }: Record<string, unknown>) => [code, name, state])).toEqual([
      [1, 'weixin', 'working'],
      [2, 'weibo', 'working'],
      [3, 'redbook', 'working'],
      [4, 'bili', 'working'],
      [5, 'douyin', 'working'],
    ]);
    expect(body.data[2]).toMatchObject({ driver: 'gateway', budget_per_day_usd: 20, calls_today: 0, waiting: 2 });

    expect((await act('operator', 'pause', 'weibo', { reason: '换号' })).body.data).toEqual({
      name: 'weibo',
      state: 'paused',
    });
    const [, paused] = (await list('operator')).body.data;
    expect(paused).toMatchObject({ name: 'weibo', state: 'paused', reason: 'by operator: 换号' });
    expect(await act('operator', 'probe', 'weibo')).toMatchObject({ status: 409, body: { err_code: 409 } });
    expect((await act('operator', 'resume', 'weibo')).body.data).toEqual({ name: 'weibo', state: 'working' });
  });

  test('is tried with one call, which is on its way', async () => {
    expect(await act('operator', 'probe', 'weibo')).toMatchObject({ status: 202, body: { err_code: 0 } });

    const { rows } = await sql<{ n: number }>`
      SELECT count(*) AS n FROM briefs.calls WHERE kind = 'probe' AND state = 'sent'`.execute(api.database.app.query);
    expect(rows[0]?.n).toBe(1);
  });

  test('is wrong for a platform that there is none: 400', async () => {
    for (const name of ['facebook', '__proto__', '']) expect((await act('operator', 'pause', name)).status).toBe(400);
  });
});
