import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { plainEnvelope } from '#kit/api/api-response.ts';
import { numberedPage, pageParameter } from '#kit/api/paging.ts';
import { route } from '#kit/api/route.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { httpRequest, lambdaContext, printed } from '../../../support/lambda.ts';

beforeEach(() => {
  printed();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const shape = { summary: 'A route of the test', permission: 'none', answers: {} } as const;
const key = 'POST /orders/search';

/** Whatever else is sent is nobody's business here. */
const search = z
  .object({ name: z.string().optional(), per: pageParameter(100).default(10), page: pageParameter().default(1) })
  .transform(({ name, per, page }) => ({ name, ...numberedPage(page, per) }));

async function answer(query: Record<string, string>, body: string | undefined, more: { tellsTime?: boolean } = {}) {
  const routes = {
    [key]: route({
      ...shape,
      body: search,
      bodyOrQuery: true,
      handle: async ({ body: found }) => {
        if (more.tellsTime) vi.advanceTimersByTime(1250);
        return { status: 200, body: found };
      },
    }),
  };
  const handler = apiHandler({
    env: z.object({}),
    authenticate: undefined,
    services: () => undefined,
    routes,
    envelope: { ...plainEnvelope, ignoresUnknownParameters: true },
    ...more,
  });
  const event = httpRequest({ routeKey: key, queryStringParameters: query, body });
  const answered = await handler(event, lambdaContext());
  return { status: answered.statusCode, headers: answered.headers, body: JSON.parse(answered.body ?? '') };
}

test.each([
  ['in the query', { name: 'a', page: '2', _: '1763690400' }, undefined],
  ['in the body', {}, '{"name":"a","page":2}'],
  ['in both', { page: '2' }, '{"name":"a"}'],
  ['in both with the same name, where the body counts', { name: 'b', page: '2' }, '{"name":"a"}'],
  ['among others that nobody knows', { page: '2', theme: 'dark' }, '{"name":"a","theme":"dark"}'],
  ['beside an empty body', { name: 'a', page: '2' }, ''],
])('parameters come %s', async (_where, query, body) => {
  expect(await answer(query, body)).toMatchObject({ status: 200, body: { name: 'a', start: 10, length: 10 } });
});

test.each([
  ['no JSON', 'name=a', { _schema: ['Invalid input: not JSON.'] }],
  ['a list', '[1]', { _schema: [expect.stringContaining('expected object')] }],
  ['null', 'null', { _schema: [expect.stringContaining('expected object')] }],
  ['a field of another type', '{"name":1}', { name: [expect.stringContaining('expected string')] }],
])('a body that is %s is refused, whatever the query says', async (_what, body, json) => {
  expect(await answer({ name: 'a' }, body)).toMatchObject({ status: 400, body: { message: { json } } });
});

test('an API that says so tells how long an answer took, of failures as well', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });

  expect((await answer({}, undefined, { tellsTime: true })).headers).toMatchObject({ 'x-process-time': '1.250' });
  expect((await answer({}, '[', { tellsTime: true })).headers).toMatchObject({ 'x-process-time': '0.000' });
  expect((await answer({}, undefined)).headers).not.toHaveProperty('x-process-time');
});
