import { describe, expect, test } from 'vitest';
import { challenge } from '../../../lambdas/kit/api/authentication/credential.ts';
import { consoleRoutes, docsRoutes } from '../../../lambdas/platform/contract.ts';
import { countyNames } from '../../../lambdas/presale/publication/counties.ts';
import { Assembly } from '../../../lib/inventory/assembly.ts';
import { routesOf } from '../../../lib/inventory/triggers.ts';
import { flow } from './stack.ts';

/** What the API refuses, and in which words. */

const integer = ['Not a valid integer.'];
const from0 = ['Must be greater than or equal to 0.'];
const to500 = ['Must be greater than or equal to 1 and less than or equal to 500.'];
const county = [`Must be one of: ${countyNames.join(', ')}.`];
const seconds = ['Must be greater than or equal to -62104060800 and less than or equal to 253402271999.'];
const order = ['Must be names of: price, unit_price, transaction_date, each with + or - before it.'];
const date = ['Not a valid date or season.'];
const long = (length: number) => '長'.repeat(length);

describe('wrong parameters are told by their fields and reasons', () => {
  test.for<[string, Record<string, string[]>]>([
    ['/apiv1/deals?from_=abc', { from_: integer }],
    ['/apiv1/deals?to_=1.5', { to_: integer }],
    ['/apiv1/deals?from_=', { from_: integer }],
    ['/apiv1/deals?from_=99999999999999999999', { from_: integer }],
    ['/apiv1/deals?from_=999999999999', { from_: seconds }],
    ['/apiv1/deals?to_=-62135596800', { to_: seconds }],
    ['/apiv1/deals?length=501', { length: to500 }],
    ['/apiv1/deals?length=0', { length: to500 }],
    ['/apiv1/deals?length=2&length=3', { length: integer }],
    ['/apiv1/deals?start=-1', { start: from0 }],
    ['/apiv1/deals?start=9007199254740992', { start: integer }],
    ['/apiv1/deals?sort=id', { sort: order }],
    ['/apiv1/deals?sort=price,', { sort: order }],
    ['/apiv1/deals?sort=constructor', { sort: order }],
    ['/apiv1/deals?sort=', { sort: order }],
    ['/apiv1/deals?county=臺', { county }],
    [`/apiv1/deals?district=${long(33)}`, { district: ['Longer than maximum length 32.'] }],
    [`/apiv1/deals?search=${long(201)}`, { search: ['Longer than maximum length 200.'] }],
    ['/apiv1/deals?district=%00&search=a%00', { district: ['Not a valid string.'], search: ['Not a valid string.'] }],
    ['/apiv1/deals?from_=x&length=1000&county=x', { from_: integer, length: to500, county }],
    ['/apiv1/deal-statistics?year=x', { year: integer }],
    ['/apiv1/deal-statistics?year=0', { year: ['Must be greater than or equal to 1 and less than or equal to 9999.'] }],
    [
      '/apiv1/deal-statistics?month=13',
      { month: ['Must be greater than or equal to 1 and less than or equal to 12.'] },
    ],
    ['/apiv1/deal-statistics?county=Q&start=-1&length=501', { county, start: from0, length: to500 }],
    [`/apiv1/deal-statistics?project=${long(201)}`, { project: ['Longer than maximum length 200.'] }],
    ['/presale/runs?start=-1&length=x', { start: from0, length: integer }],
    ['/presale/problems?publication_date=2022-02-30', { publication_date: date }],
    ['/presale/problems?publication_date=0000-01-01', { publication_date: date }],
    ['/presale/problems?county=L&length=501&start=-1', { county, length: to500, start: from0 }],
  ])('%s', async ([route, querystring]) => {
    const { status, headers, body } = await flow.ask(route);

    expect(body).toEqual({ error: 'Bad Request', message: { querystring } });
    expect(status).toBe(400);
    expect(headers.get('x-request-id')).toMatch(/./);
  });

  test.for<[string, Record<string, string[]>]>([
    ['/apiv1/deals/abc', { id: integer }],
    ['/apiv1/deals/1e3', { id: integer }],
    ['/apiv1/deals/99999999999999999999', { id: integer }],
    ['/apiv1/deals/0', { id: ['Must be greater than or equal to 1.'] }],
    ['/apiv1/deals/-1', { id: ['Must be greater than or equal to 1.'] }],
    ['/presale/runs/yesterday', { publication_date: date }],
    ['/presale/runs/0000-01-01', { publication_date: date }],
    ['/presale/runs/111S5', { publication_date: date }],
  ])('%s', async ([route, path]) => {
    expect(await flow.ask(route)).toMatchObject({ status: 400, body: { error: 'Bad Request', message: { path } } });
  });
});

test.for([
  ['/apiv1/deals/9', "Deal id 9 doesn't exist."],
  [`/apiv1/deals/${Number.MAX_SAFE_INTEGER}`, `Deal id ${Number.MAX_SAFE_INTEGER} doesn't exist.`],
  ['/presale/runs/1999-01-01', "Run 1999-01-01 doesn't exist."],
])('what is not there is told as existing clients know it: %s', async ([route = '', message]) => {
  const { status, body, headers } = await flow.ask(route);

  expect({ status, body }).toEqual({ status: 404, body: { error: 'Not Found', message } });
  expect(headers.get('x-request-id')).toMatch(/./);
});

describe('who does not say who they are gets nothing', () => {
  // Of the template that the stack runs, so that a route added later is asked, too.
  const keys = routesOf(new Assembly('build/assembly/dev')).map(({ key }) => key);
  const open = ['GET /health', '$default', ...docsRoutes, ...consoleRoutes];
  const signed = ['GET /dts-auto-brief/download', 'GET /dts-auto-brief/img'];
  const guarded = keys.filter((key) => !open.includes(key) && !signed.includes(key));

  test('which are all routes but those that tell nothing of anybody', () => {
    expect(guarded.length).toBeGreaterThan(30);
    expect(keys).toEqual(expect.arrayContaining([...open, ...signed]));
  });

  test.for(signed)('%s is opened by its signature, and by nothing else', async (key) => {
    const route = `${key.split(' ')[1]}?stage_uuid=1`;
    for (const address of [route, `${route}&expires=9999999999&signature=x`])
      expect(await flow.ask(address, { headers: { authorization: 'Bearer wrong' } })).toMatchObject({
        status: 403,
        body: { err_code: 403 },
      });
  });

  test.for(guarded)('%s', async (key) => {
    const [named = '', template = ''] = key.split(' ');
    const method = named === 'ANY' ? 'POST' : named;
    const route = template.replace('{publication_date}', '2022-09-11').replaceAll(/\{\w+\+?\}/g, '1');
    const body = method === 'GET' ? {} : { body: '{"publication_date":"2022-09-11"}' };
    // A name of the route's own: one whose password is guessed too often is not looked at any more.
    const stranger = Buffer.from(`${key.replaceAll(/[^\w.-]/g, '')}:password`).toString('base64');
    const now = Math.floor(Date.now() / 1000);
    for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Basic ${stranger}`, 'Digest x', 'Millrace x']) {
      const answer = await flow.ask(`${route}?_=${now}`, { method, ...body, headers: { authorization } });

      expect(answer.status, authorization).toBe(401);
      expect(answer.body).toMatchObject(unauthorized(template));
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
      expect(answer.headers.get('x-request-id')).toMatch(/./);
    }
  });

  function unauthorized(template: string) {
    if (template.startsWith('/api/v1/')) return { code: 401 };
    return /^\/(dts-auto-brief|briefs)\//.test(template) ? { err_code: 401 } : { error: 'Unauthorized' };
  }

  test('health and the document are for everybody', async () => {
    for (const route of ['/health', '/openapi.json', '/api/v1/openapi.json'])
      expect(await flow.ask(route, { headers: { authorization: '' } })).toMatchObject({ status: 200 });
  });

  test('and starts nothing', async () => {
    expect((await flow.running.stack.machines.list()).executions).toEqual([]);
    for (const table of ['presale.corrections', 'platform.replays', 'platform.backfills'])
      expect(await flow.rows(`select count(*)::int from ${table}`), table).toEqual([{ count: 0 }]);
  });
});

test.for(['GET /nowhere', 'GET /apiv1/deals/1/2', 'GET /presale/runs/2022-09-11/F', 'GET /APIV1/deals'])(
  'a route that there is not: %s',
  async (key) => {
    const [, route = ''] = key.split(' ');
    const { status, headers, body } = await flow.ask(route);

    const message = `There is no route ${route}; /docs shows those there are.`;
    expect({ status, body }).toEqual({ status: 404, body: { error: 'Not Found', message } });
    expect(headers.get('x-request-id')).toMatch(/./);
  },
);

test.for([
  ['POST /apiv1/deals', 'GET'],
  ['DELETE /apiv1/deals/1', 'GET'],
  ['PUT /presale/runs', 'GET, POST'],
  ['PATCH /presale/problems/7', 'GET, PUT'],
  ['POST /health', 'GET'],
])('a route that there is, but not with this method: %s', async ([key = '', allow = '']) => {
  const [method = '', route = ''] = key.split(' ');
  const { status, headers, body } = await flow.ask(route, { method, body: '{}' });

  const message = `${route} takes ${allow}, not ${method}.`;
  expect({ status, body }).toEqual({ status: 405, body: { error: 'Method Not Allowed', message } });
  expect(headers.get('allow')).toBe(allow);
  expect(headers.get('x-request-id')).toMatch(/./);
});

test('what is not there under the prefix of tasks is told in their envelope', async () => {
  expect(await flow.ask('/api/v1/nowhere')).toMatchObject({
    status: 404,
    body: { code: 404, msg: '资源未找到\nThere is no /api/v1/nowhere.', data: {} },
  });
  expect(await flow.ask('/api/v1/openapi.json', { method: 'DELETE' })).toMatchObject({
    status: 405,
    body: { code: 405, msg: expect.stringMatching(/^不支持的请求\n/), data: {} },
  });
});
