import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { authenticator } from '#kit/api/authentication/authenticate.ts';
import { challenge } from '#kit/api/authentication/credential.ts';
import { attemptsInMemory } from '#kit/api/authentication/failed-attempts.ts';
import { sha256 } from '#kit/api/authentication/schemes.ts';
import { integerParameter, textParameter } from '#kit/api/parameters.ts';
import { route } from '#kit/api/route.ts';
import { type ApiSpec, apiHandler } from '#kit/api-handler.ts';
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  PermanentError,
  ThrottledError,
  TransientError,
  UnauthorizedError,
  UnavailableError,
} from '#kit/errors.ts';
import { httpRequest, lambdaContext, printed, queryOfDeals } from '../../support/lambda.ts';

let output: ReturnType<typeof printed>;

beforeEach(() => {
  output = printed();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const token = 'a-token-nobody-may-read';
const key = 'GET /apiv1/deals/{id}';
/** What every route tells; the tests ask what it does. */
const shape = { summary: 'A route of the test', permission: 'none', answers: {} } as const;
const asSent = httpRequest({ queryStringParameters: queryOfDeals });
const base = { env: z.object({}), authenticate: undefined, services: () => undefined };

async function answer<E extends z.ZodObject, S>(spec: ApiSpec<E, S>, event = httpRequest()) {
  const { statusCode, headers, body } = await apiHandler(spec)(event, lambdaContext());
  return { statusCode, headers, body: JSON.parse(body ?? '') };
}

/** Lets in who has the token, and nobody else. */
const holderOf = (valid: string) => () => {
  const tokens = [{ id: 't-1', sha256: sha256(valid), created: '2026-11-21T00:00:00Z', note: '' }];
  const users = [{ name: 'mei', password: 'x', tokens, disabled: false, permissions: [] }];
  return authenticator({
    users: { current: async () => users, renewed: async () => undefined },
    admit: async () => 'admitted',
    attempts: attemptsInMemory(30),
    clock: () => new Date(),
  });
};

const failing = (error: unknown) => ({
  ...base,
  routes: { [key]: route({ ...shape, handle: () => Promise.reject(error) }) },
});

test('a route gets its parameters parsed and answers JSON with the id of the request', async () => {
  const routes = {
    [key]: route({
      ...shape,
      path: z.object({ id: integerParameter({ min: 1 }) }),
      query: z.object({ page: integerParameter(), note: textParameter({ max: 10 }) }),
      handle: async ({ path, query }, greeting: string) => ({ status: 200, body: { ...path, ...query, greeting } }),
    }),
  };
  const { statusCode, headers, body } = await answer({ ...base, services: () => 'hello', routes }, asSent);

  expect(statusCode).toBe(200);
  expect(headers).toEqual({
    'content-type': 'application/json; charset=utf-8',
    'x-request-id': 'R-1',
    'x-correlation-id': 'R-1',
  });
  expect(body).toEqual({ id: 7, page: 2, note: '預售', greeting: 'hello' });
});

test('the wrong fields of path, query and body are all told at once', async () => {
  const routes = {
    [key]: route({
      ...shape,
      path: z.object({ id: integerParameter({ min: 8 }) }),
      query: z.object({ page: integerParameter({ min: 1, max: 1 }), note: textParameter({ max: 1 }) }),
      body: z.object({ county: z.string('Missing data for required field.') }),
      handle: async () => ({ status: 200, body: {} }),
    }),
  };
  const { statusCode, body } = await answer({ ...base, routes }, { ...asSent, body: '{}' });

  expect(statusCode).toBe(400);
  expect(body).toEqual({
    error: 'Bad Request',
    message: {
      path: { id: ['Must be greater than or equal to 8.'] },
      querystring: {
        page: ['Must be greater than or equal to 1 and less than or equal to 1.'],
        note: ['Longer than maximum length 1.'],
      },
      json: { county: ['Missing data for required field.'] },
    },
  });
});

test.each([
  ['no body', undefined, false],
  ['half a body', '{"county":', false],
  ['a body that is not base64 of JSON', '!!!', true],
])('%s is told beside the wrong parameters', async (_name, body, isBase64Encoded) => {
  const routes = {
    [key]: route({
      ...shape,
      path: z.object({ id: integerParameter({ min: 8 }) }),
      body: z.object({}),
      handle: async () => ({ status: 200, body: {} }),
    }),
  };
  const { statusCode, body: told } = await answer({ ...base, routes }, httpRequest({ body, isBase64Encoded }));

  expect(statusCode).toBe(400);
  expect(told.message).toEqual({
    path: { id: ['Must be greater than or equal to 8.'] },
    json: { _schema: ['Invalid input: not JSON.'] },
  });
});

test('a base64 body is decoded before it is parsed', async () => {
  const body = Buffer.from('{"county":"臺北市"}').toString('base64');
  const routes = {
    [key]: route({
      ...shape,
      body: z.object({ county: z.string() }),
      handle: async ({ body }) => ({ status: 202, body }),
    }),
  };

  expect(await answer({ ...base, routes }, httpRequest({ body, isBase64Encoded: true }))).toMatchObject({
    statusCode: 202,
    body: { county: '臺北市' },
  });
});

test('every field name is data, even one that objects have by birth', async () => {
  const routes = {
    [key]: route({
      ...shape,
      body: z.record(z.string(), z.number('Not a valid number.')),
      handle: async () => ({ status: 200, body: {} }),
    }),
  };
  const body = '{"toString":"a","__proto__":"b"}';
  const { statusCode, body: told } = await answer({ ...base, routes }, httpRequest({ body }));

  expect(statusCode).toBe(400);
  expect(told.message.json).toMatchObject({ toString: ['Not a valid number.'] });
});

test.each([
  [new PermanentError('The season is over.'), 400, 'Bad Request', 'The season is over.'],
  [new UnauthorizedError('Who are you?'), 401, 'Unauthorized', 'Who are you?'],
  [new NotFoundError('Deal id 7 is gone.'), 404, 'Not Found', 'Deal id 7 is gone.'],
  [new ConflictError('A run is under way.'), 409, 'Conflict', 'A run is under way.'],
  [new ThrottledError('Slow down.'), 429, 'Too Many Requests', 'Slow down.'],
  [new InvalidInputError({ json: { a: ['b'] } }), 400, 'Bad Request', { json: { a: ['b'] } }],
])('%o becomes its status', async (error, status, title, message) => {
  const { statusCode, body } = await answer(failing(error));

  expect(statusCode).toBe(status);
  expect(body).toEqual({ error: title, message });
});

test('a body without end is refused before it is read', async () => {
  const routes = {
    [key]: route({ ...shape, body: z.strictObject({}), handle: async () => ({ status: 200, body: {} }) }),
  };
  const body = JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field${index}`, 1])));

  const { statusCode, body: told } = await answer({ ...base, routes }, httpRequest({ body }));

  expect(statusCode).toBe(413);
  expect(told.error).toBe('Content Too Large');
});

test('a route that takes no body looks at none', async () => {
  const routes = { [key]: route({ ...shape, handle: async () => ({ status: 200, body: {} }) }) };
  const { statusCode } = await answer({ ...base, routes }, httpRequest({ body: 'x'.repeat(300_000) }));

  expect(statusCode).toBe(200);
});

test('a database that is away is a 503 that says when to come back', async () => {
  const { statusCode, headers } = await answer(failing(new UnavailableError('connect ECONNREFUSED 10.0.0.1')));

  expect(statusCode).toBe(503);
  expect(headers).toMatchObject({ 'retry-after': '30' });
});

test.each([
  new Error('syntax error at or near "DROP"'),
  new TransientError('SELECT secret FROM presale.deals'),
  new TypeError('undefined is not a function'),
  'a thrown text',
])('our own fault (%s) is a 500 that tells nothing, and the log tells all', async (error) => {
  const { statusCode, headers, body } = await answer(failing(error));

  expect(statusCode).toBe(500);
  expect(headers).toMatchObject({ 'x-request-id': 'R-1' });
  expect(body).toEqual({ error: 'Internal Server Error', message: expect.stringContaining('x-request-id') });
  const message = error instanceof Error ? error.message : error;
  expect(output.lines().at(-1)).toMatchObject({ level: 'ERROR', apiRequestId: 'R-1', error: { message } });
});

test('a route the function does not know is a 404', async () => {
  const { statusCode } = await answer({ ...base, routes: {} });

  expect(statusCode).toBe(404);
});

test('wrong variables are a 500 whose log names them', async () => {
  const env = z.object({ MILLRACE_TEST_ABSENT: z.string() });
  const { statusCode, body } = await answer({ ...base, env, routes: {} });

  expect(statusCode).toBe(500);
  expect(body.message).not.toContain('MILLRACE_TEST_ABSENT');
  expect(output.text()).toContain('MILLRACE_TEST_ABSENT');
});

test('an unknown caller reaches no route, not even one that does not exist', async () => {
  const routes = { [key]: route({ ...shape, permission: 'read', handle: async () => ({ status: 200, body: {} }) }) };
  const authenticate = holderOf('another');
  const known = await answer({ ...base, authenticate, routes });
  const unknown = await answer({ ...base, authenticate, routes: {} });

  for (const refused of [known, unknown]) {
    expect(refused).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': challenge },
      body: { error: 'Unauthorized', message: 'The token is not valid.' },
    });
  }
});

test('a token never stands in a log line, whether it is taken, refused or its request fails', async () => {
  const routes = { [key]: route({ ...shape, permission: 'read', handle: () => Promise.reject(new Error('no')) }) };
  for (const valid of [token, 'another']) {
    await answer({ ...base, authenticate: holderOf(valid), routes });
  }

  expect(output.lines().length).toBeGreaterThanOrEqual(2);
  expect(output.text()).not.toContain(token);
});

test('an error shows its causes and none of its other properties', async () => {
  const cause = Object.assign(new Error('the deeper reason'), { headers: { authorization: token } });
  const invalidUrl = Object.assign(new Error('Invalid URL', { cause }), { input: 'postgresql://user:secret@host' });
  await answer(failing(invalidUrl));

  expect(output.text()).toContain('the deeper reason');
  expect(output.text()).not.toContain('secret');
  expect(output.text()).not.toContain(token);
});

test('services are made once, and again after they could not be made', async () => {
  let calls = 0;
  const services = () => {
    calls += 1;
    if (calls === 1) throw new Error('not yet');
    return calls;
  };
  const handler = apiHandler({
    ...base,
    services,
    routes: { [key]: route({ ...shape, handle: async (_request, made: number) => ({ status: 200, body: { made } }) }) },
  });
  const statuses: (number | undefined)[] = [];
  for (let turn = 0; turn < 3; turn += 1) statuses.push((await handler(httpRequest(), lambdaContext())).statusCode);

  expect(statuses).toEqual([500, 200, 200]);
  expect(calls).toBe(2);
});

test('text and bytes of a content type of their own are answered as they are, all else as JSON', async () => {
  const answered = async (body: unknown, headers?: Record<string, string>) => {
    const handle = async () => ({ status: 200, body, ...(headers ? { headers } : {}) });
    const handler = apiHandler({ ...base, routes: { [key]: route({ ...shape, handle }) } });
    const { body: sent, isBase64Encoded = false } = await handler(httpRequest(), lambdaContext());
    return { sent, isBase64Encoded };
  };
  const html = { 'content-type': 'text/html' };

  expect(await answered('<p>', html)).toEqual({ sent: '<p>', isBase64Encoded: false });
  expect(await answered(Uint8Array.of(0, 255), html)).toEqual({ sent: 'AP8=', isBase64Encoded: true });
  expect(await answered('<p>')).toEqual({ sent: '"<p>"', isBase64Encoded: false });
});
