import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { challenge } from '../../../lambdas/kit/api/authentication/credential.ts';
import { firstAdmin, tokenOf } from '../../../local/callers/console-token.ts';
import {
  type Account,
  addAccount,
  basicHeader,
  momentaryHeader,
  nowInSeconds,
  signedHeader,
} from '../../support/credentials.ts';
import { flow } from './stack.ts';

/** Who is let in, by each scheme, and who is not, as a client meets it. */

let admin: Account;

beforeAll(() => {
  const found = firstAdmin(flow.running.stack.services);
  if (!found) throw new Error('There is no admin');
  admin = found;
});

const account = (name: string) => addAccount(flow.running.stack, name, ['operate']);

const ask = (route: string, authorization: string, init: RequestInit = {}) =>
  flow.ask(route, { ...init, headers: { authorization } });

/** Functions that asked for the users a moment ago know a new one a little later. */
const soon = { timeout: 300_000, interval: 200 };

/** Asks by Basic with a password of its own: a fraction makes each timestamp another one. */
let counter = 0;
function fresh(of: Account, route: string, init: RequestInit = {}) {
  counter += 1;
  const timestamp = `${nowInSeconds()}.${String(counter).padStart(5, '0')}1`;
  return ask(`${route}${route.includes('?') ? '&' : '?'}_=${timestamp}`, momentaryHeader(of, timestamp), init);
}

const start = { method: 'POST', body: '{"season":"1S9"}' };

describe('each scheme opens functions with the database, those that ask, and those alone', () => {
  const routes = [
    ['GET', '/presale/runs', 200],
    ['GET', '/health/services', 200],
    // The body is wrong: the route itself was reached.
    ['POST', '/presale/runs', 400],
    ['POST', '/tagger/try', 400],
  ] as const;

  /** Health is a 503 where a busy machine's dependency answers late: it told of all of them, so who asked was let in. */
  const reached = ({ status, body }: { readonly status: number; readonly body: unknown }) =>
    status === 503 && Object.hasOwn(Object(body), 'dependencies') ? 200 : status;

  test.for(routes)('%s %s', async ([method, route, expected]) => {
    const body = method === 'POST' ? '{"wrong":' : undefined;
    const init = { method, ...(body === undefined ? {} : { body }) };
    const now = nowInSeconds();
    for (const [sent, hashed] of [
      [`${now}`, `${now}.0`],
      [`${now}.0`, `${now}`],
      [`${now}.25`, `${now}.25`],
    ] as const) {
      const answer = await ask(`${route}?_=${sent}`, momentaryHeader(admin, hashed), init);
      expect(reached(answer), `${sent} ${JSON.stringify(answer.body)}`).toBe(expected);
    }
    const signed = signedHeader(admin, { method, target: route, timestamp: `${now}`, ...(body ? { body } : {}) });
    expect(reached(await ask(`${route}?_=${now}`, signed, init))).toBe(expected);
    const bearer = `Bearer ${tokenOf(flow.running.stack.services)}`;
    expect(reached(await ask(route, bearer, init))).toBe(expected);
  });

  test('a query is signed with its path, and no route minds the timestamp among its parameters', async () => {
    const timestamp = `${nowInSeconds()}`;
    const signed = signedHeader(admin, {
      method: 'GET',
      target: '/apiv1/deals?county=%E6%96%B0%E5%8C%97%E5%B8%82',
      timestamp,
    });
    const other = signedHeader(admin, { method: 'GET', target: '/apiv1/deals?county=x', timestamp });

    const route = `/apiv1/deals?county=新北市&_=${timestamp}`;
    expect(await ask(route, signed)).toMatchObject({ status: 200 });
    expect(await ask(route, other)).toMatchObject({ status: 401 });
  });
});

describe('who is refused is told why, in words that tell nothing of who exists', () => {
  test.for([
    ['the wrong password', () => basicHeader(admin.name, 'f'.repeat(32))],
    ['the real one, as it is', () => basicHeader(admin.name, admin.password)],
    ['an unknown user', () => basicHeader('nobody', 'f'.repeat(32))],
    ['a wrong signature', () => `Millrace ${admin.name}:${'0'.repeat(64)}`],
    ['a signature of nobody', () => `Millrace nobody:${'0'.repeat(64)}`],
  ] as const)('%s', async ([, header]) => {
    const { status, headers, body } = await ask(`/presale/runs?_=${nowInSeconds()}`, header());

    expect(body).toEqual({ error: 'Unauthorized', message: 'The user is unknown or the password is wrong.' });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(challenge);
  });

  test('60 s old and ahead is valid, 61 s is not', async () => {
    // The clock of the answer may have gone on by a second or more: what lies on its edge is asked once again.
    const at = async (age: number) => {
      const timestamp = `${nowInSeconds() - age}`;
      return (await ask(`/presale/runs?_=${timestamp}`, momentaryHeader(admin, timestamp))).status;
    };
    await vi.waitFor(async () => expect(await at(60)).toBe(200), soon);
    await vi.waitFor(async () => expect(await at(-61)).toBe(401), soon);
    expect(await at(61)).toBe(401);
    expect(await at(-58)).toBe(200);
  });

  test('the timestamp comes first for those who bring a password, and not at all for the others', async () => {
    const header = momentaryHeader(admin, '1');
    const told = async (query: string, authorization: string) => {
      const { status, body } = await ask(`/presale/runs${query}`, authorization);
      return [status, (body as { message: string }).message];
    };

    expect(await told('', header)).toEqual([400, 'Field "_" is missing']);
    expect(await told('?_=now', header)).toEqual([400, 'Field "_" should be integer.']);
    expect((await told('?_=1', header))[0]).toBe(401);
    expect(await told('', '')).toEqual([401, 'The Authorization header is missing.']);
    expect(await told('', 'Digest x')).toEqual([401, 'Only Basic, Millrace and Bearer are accepted.']);
  });
});

test('one password serves every request of its minute, of functions with the database and of those that ask', async () => {
  const mei = await account('mei-in-a-hurry');
  const timestamp = `${nowInSeconds()}`;
  const header = momentaryHeader(mei, timestamp);
  const post = async (route: string, body: object) =>
    (await ask(`${route}?_=${timestamp}`, header, { method: 'POST', body: JSON.stringify(body) })).status;

  // Functions that asked for the users a moment ago know a new one a little later.
  for (const route of ['/platform/failures/999999/discard', '/presale/runs', '/api/v1/tasks/submit'])
    await vi.waitFor(
      async () => expect((await fresh(mei, route, { method: 'POST', body: '{}' })).status).not.toBe(401),
      soon,
    );
  for (const who of ['a', 'b']) {
    expect(await post('/platform/failures/999999/discard', { who })).toBe(404);
    expect(await post('/presale/runs', { season: '1S9', who })).toBe(400);
  }
  expect((await ask(`/presale/runs?_=${timestamp}`, header)).status).toBe(200);
  for (const content of ['one', 'two', 'three'])
    expect(await post('/api/v1/tasks/submit', { name: 'tasks.general.example:word_count', args: [content] })).toBe(200);
});

describe('on /api/v1 the timestamp comes before all else, in the codes of its clients', () => {
  const list = '/api/v1/tasks/list';
  const told = async (query: string, authorization: string) => {
    const { status, headers, body } = await ask(`${list}${query}`, authorization);
    if (status === 401) expect(headers.get('www-authenticate')).toBe(challenge);
    const { code, msg } = body as { code: number; msg: string };
    return [status, code, ...(status === 200 ? [] : [msg.split('\n')[1]])];
  };
  const now = () => `?_=${nowInSeconds()}`;
  const wrong = 'The user is unknown or the password is wrong.';

  test.for([
    ['', '', 422, 2000, 'Field "_" is missing'],
    ['', 'Digest x', 422, 2000, 'Field "_" is missing'],
    ['?_=', '', 422, 2000, 'Field "_" is missing'],
    ['?_=now', basicHeader('mei', 'x'), 422, 2001, 'Field "_" should be integer.'],
    [now, '', 401, 401, 'The Authorization header is missing.'],
    [now, 'Digest x', 401, 401, 'Only Basic, Millrace and Bearer are accepted.'],
    [now, 'Basic x', 401, 401, 'The value of the Authorization header is malformed.'],
    [now, basicHeader('nobody', 'x'), 401, 401, wrong],
    [now, basicHeader('admin', 'x'), 401, 401, wrong],
    ['', 'Bearer x', 401, 401, 'The token is not valid.'],
  ] as const)('%s %s: %i, %i', async ([query, header, ...expected]) => {
    expect(await told(typeof query === 'string' ? query : query(), header)).toEqual(expected);
  });

  test('an expired one is 2100, whatever the password; one of now is 0', async () => {
    for (const timestamp of ['1', `${nowInSeconds() - 3600}`, `${nowInSeconds() + 3600}`, `${Date.now()}`])
      for (const header of ['', basicHeader('nobody', 'x'), momentaryHeader(admin, timestamp)])
        expect((await told(`?_=${timestamp}`, header)).slice(0, 2), timestamp).toEqual([422, 2100]);
    const timestamp = `${nowInSeconds()}`;
    expect(await told(`?_=${timestamp}`, momentaryHeader(admin, `${timestamp}.0`))).toEqual([200, 0]);
  });
});

test('a task is ended and done again by who submitted it or by an admin for them, and by nobody else', async () => {
  const [mei, other] = [await account('task-mei'), await account('task-other')];
  const post = async (of: Account, route: string, body: object = {}) => {
    const { status, body: answer } = await fresh(of, `/api/v1${route}`, { method: 'POST', body: JSON.stringify(body) });
    return { status, data: (answer as { data: { task_id: string; username: string } }).data };
  };
  const wait = { name: 'tasks.general.example:wait', kwargs: { seconds: 300 } };
  const expectOk = ({ status, data: task }: Awaited<ReturnType<typeof post>>) => {
    expect(status).toBe(200);
    return task;
  };
  const data = await vi.waitFor(async () => expectOk(await post(mei, '/tasks/submit', wait)), soon);
  const terminate = `/task/${data.task_id}/terminate`;

  await vi.waitFor(async () => expect((await post(other, terminate)).status).toBe(404), soon);
  for (const of of [mei, admin]) expect((await post(of, terminate)).status).toBe(200);
  const retry = `/task/${data.task_id}/retry`;
  expect((await post(other, retry)).status).toBe(404);
  // Once it has heard that it is to end.
  const again = await vi.waitFor(async () => expectOk(await post(admin, retry)), soon);
  expect(again.username).toBe('task-mei');
  expect((await post(mei, `/task/${again.task_id}/terminate`)).status).toBe(200);
});

test('too many requests of one user are 429 with Retry-After, and others go on', async () => {
  const bot = await account('busy-bot');
  await vi.waitFor(async () => expect((await fresh(bot, '/presale/runs')).status).toBe(200), soon);
  const emptied = await flow.rows(
    `update platform.caller_rates set tokens = 3 where credential like '%busy-bot' returning 1`,
  );
  expect(emptied).toHaveLength(1);
  const statuses: number[] = [];
  for (let request = 0; request < 4; request++) statuses.push((await fresh(bot, '/presale/runs')).status);

  expect(statuses).toEqual([200, 200, 200, 429]);
  const { headers, body } = await fresh(bot, '/presale/runs');
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toEqual({ error: 'Too Many Requests', message: 'Too many requests.' });
  expect(await fresh(bot, '/presale/runs', start)).toMatchObject({ status: 429 });
  expect(await flow.ask('/presale/runs')).toMatchObject({ status: 200 });
});

test('without the database nobody is let in where it is needed, and the doctor’s routes still answer', async () => {
  const refused = await fresh({ name: 'nobody', password: 'x' }, '/presale/runs');
  expect(refused.status).toBe(401);
  await flow.rows(`alter role millrace_app nologin`);
  await flow.rows(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'millrace_app'`);
  try {
    await vi.waitFor(async () => expect((await fresh(admin, '/presale/runs')).status).not.toBe(200), soon);
    expect((await fresh({ name: 'nobody', password: 'x' }, '/presale/runs')).status).toBe(401);
    expect((await fresh(admin, '/health/dependencies')).status).toBe(503);
  } finally {
    await flow.rows(`alter role millrace_app login`);
  }
  await vi.waitFor(async () => expect((await fresh(admin, '/presale/runs')).status).toBe(200), soon);
});

test('each request leaves one line that tells who asked for what, and no credential', async () => {
  const log = async () => (await readFile(`${flow.running.directory}/log/stack.jsonl`, 'utf8')).split('\n');
  const { headers } = await fresh(admin, '/presale/runs/1999-01-01');
  const id = headers.get('x-request-id') ?? '';

  const lines = await vi.waitFor(async () => {
    const found = (await log()).filter((line) => line.includes(id)).map((line) => JSON.parse(line));
    expect(found.map(({ message }) => message)).toContain('Answered');
    return found;
  }, soon);
  expect(lines.filter(({ message }) => message === 'Answered')).toMatchObject([
    {
      caller: 'admin',
      scheme: 'basic',
      status: 404,
      routeKey: 'GET /presale/runs/{publication_date}',
      apiRequestId: id,
    },
  ]);
});
