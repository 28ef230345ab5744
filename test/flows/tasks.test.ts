import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, addAccount, momentaryHeader, nowInSeconds } from '../support/credentials.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { messages, refusals } from './task-refusals.ts';

interface Called {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let running: TestStack;
let mei: Account;
let listener: Server;
let callbackUrl: string;
const called: Called[] = [];

beforeAll(async () => {
  listener = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      called.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  callbackUrl = `http://${host}/done`;
  running = await startTestStack({ PAGE_ALLOWED: host });
  mei = await addAccount(running.stack, 'mei');
}, 180_000);

afterAll(async () => {
  await running.stop();
  listener.close();
});

interface Answer {
  readonly status: number;
  readonly body: { readonly code: number; readonly msg: string; readonly data: unknown };
}

async function ask(route: string, init?: RequestInit): Promise<Answer> {
  return (await running.api(`/api/v1${route}`, init)) as Answer;
}

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

interface Task {
  readonly task_id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

const wordCount = 'tasks.general.example:word_count';
const wait = 'tasks.general.example:wait';

async function submit(name: string, body: object = {}): Promise<Task> {
  const { status, body: answer } = await ask('/tasks/submit', post({ name, ...body }));
  expect(answer).toMatchObject({ code: 0, msg: 'OK' });
  expect(status).toBe(200);
  return answer.data as Task;
}

async function list(query: string): Promise<readonly Task[]> {
  return (await ask(`/tasks/list?${query}`)).body.data as readonly Task[];
}

/** What `read` finds once it is there; the machine may be busy. */
async function eventually<T>(what: string, read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const until = Date.now() + 90_000; Date.now() < until; await new Promise((r) => setTimeout(r, 100))) {
    const found = await read();
    if (found !== undefined) return found;
  }
  throw new Error(`Not within 90 s: ${what}`);
}

/** The result when the task has one of these states. */
function result(id: string, ...statuses: string[]): Promise<Task> {
  const wanted = statuses.length > 0 ? statuses : ['SUCCESS', 'FAILURE', 'REVOKED'];
  return eventually(`${id} ${wanted}`, async () => {
    const task = (await ask(`/task/${id}/result`)).body.data as Task;
    return wanted.includes(task.status) ? task : undefined;
  });
}

test('a submitted function runs, and its result can be read', async () => {
  const task = await submit(wordCount, { kwargs: { content: 'to be or not to be' } });
  expect(task).toMatchObject({ status: 'PENDING', args: [], kwargs: { content: 'to be or not to be' } });

  expect(await result(task.task_id)).toMatchObject({
    status: 'SUCCESS',
    result: { to: 2, be: 2, or: 1, not: 1 },
    error: null,
    progress: { percent: 100 },
  });
  expect((await ask(`/task/${task.task_id}/info`)).body.data).toMatchObject({ status: 'SUCCESS', attempts: 1 });
});

const submitted = '/tasks/submit';

test.each(refusals)('code %i (%i): %s', async (code, status, detail, route, init) => {
  const answer = await ask(route, init);

  const [text, ...lines] = answer.body.msg.split('\n');
  expect(answer).toMatchObject({ status, body: { code, data: {} } });
  expect(Object.keys(answer.body.data as object)).toEqual([]);
  expect(text).toBe(messages[code]);
  expect(lines.join('\n')).toContain(detail);
});

test('who asks is known by a password of the moment, and what is wrong with it is told by its code', async () => {
  const url = `${running.stack.wiring.api?.url}/api/v1/task_funcs/list`;
  const as = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${query}`, { headers });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  const now = String(nowInSeconds());
  const past = String(nowInSeconds() - 3600);

  expect((await as(`?_=${now}`, { authorization: momentaryHeader(mei, now) })).body.code).toBe(0);
  expect(await as('')).toMatchObject({
    status: 422,
    body: { code: 2000, msg: `${messages[2000]}\nField "_" is missing`, data: {} },
  });
  expect((await as('?_=x')).body).toMatchObject({
    code: 2001,
    msg: `${messages[2001]}\nField "_" should be integer.`,
    data: {},
  });
  const late = (await as(`?_=${past}`, { authorization: momentaryHeader(mei, past) })).body;
  expect(late).toMatchObject({ code: 2100, msg: expect.stringMatching(/^请求已过期。\n./), data: {} });
  const refused = await as(`?_=${now}`);
  expect(refused).toMatchObject({
    status: 401,
    body: { code: 401, msg: '未认证\nThe Authorization header is missing.', data: {} },
  });
  expect(refused.headers.get('www-authenticate')).not.toBeNull();
});

test('the same key answers the first task, another request under it is refused', async () => {
  const request = { kwargs: { content: 'once' }, idempotency_key: 'order-17' };
  const [first, second] = await Promise.all([submit(wordCount, request), submit(wordCount, request)]);

  expect(second?.task_id).toBe(first?.task_id);
  // An object has no order: the same arguments in another one are the same work.
  const forth = await submit(wait, { kwargs: { seconds: 0, fail: 'never' }, idempotency_key: 'order-18' });
  const back = await submit(wait, { kwargs: { fail: 'never', seconds: 0 }, idempotency_key: 'order-18' });
  expect(back.task_id).toBe(forth.task_id);
  const other = await ask(submitted, post({ ...request, name: wordCount, kwargs: { content: 'twice' } }));
  expect(other).toMatchObject({ status: 409, body: { code: 409 } });
});

test('tasks are listed page by page, the newest first', async () => {
  const ids = [];
  for (const content of ['1', '2', '3']) ids.unshift((await submit(wordCount, { args: [content] })).task_id);
  const page = (number: number) => list(`name=${wordCount}&page=${number}&per_page=2`);

  const [first, second] = [await page(1), await page(2)];
  expect([...first, ...second].slice(0, 3).map(({ task_id }) => task_id)).toEqual(ids);
  expect(await list('username=nobody')).toEqual([]);
});

test('functions tell what they take and give; one that is not published does not', async () => {
  const items = (await ask('/task_funcs/list')).body.data as readonly { readonly name: string }[];
  expect(items.map(({ name }) => name)).toContain(wordCount);
  expect(items.map(({ name }) => name)).not.toContain('tasks.general.example:recent_tasks');

  expect((await ask(`/task_funcs/${wordCount}`)).body.data).toMatchObject({
    input: { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] },
  });
});

test('a running task is told to stop, and only by who submitted it', async () => {
  const { task_id } = await submit(wait, { kwargs: { seconds: 600 } });
  await result(task_id, 'STARTED');
  const now = String(nowInSeconds());
  const headers = { authorization: momentaryHeader(mei, now) };
  const stranger = await ask(`/task/${task_id}/terminate?_=${now}`, { method: 'POST', headers });
  expect(stranger).toMatchObject({ status: 404, body: { code: 4000 } });

  expect((await ask(`/task/${task_id}/terminate`, { method: 'POST' })).body.code).toBe(0);

  expect(await result(task_id)).toMatchObject({ status: 'REVOKED', result: null });
  // Ended is ended.
  expect((await ask(`/task/${task_id}/terminate`, { method: 'POST' })).body.data).toMatchObject({ status: 'REVOKED' });
});

test('a task that fails is tried again, then is in the ledger; its replay is a task that names it', async () => {
  const { task_id } = await submit(wait, { kwargs: { seconds: 0, fail: 'passing' } });
  expect(await result(task_id)).toMatchObject({ status: 'FAILURE', error: 'TransientError' });
  expect((await ask(`/task/${task_id}/info`)).body.data).toMatchObject({ attempts: 3 });

  interface Failure {
    readonly id: number;
    readonly state: string;
    readonly message: string;
  }
  const failure = async () => {
    const { body } = await running.api('/platform/failures?workload=tasks&source=run-tasks');
    const { data } = (body as { result: { data: readonly Failure[] } }).result;
    return data.find(({ message }) => message.startsWith(wait));
  };
  const { id } = await eventually('a failure', failure);
  const input = JSON.stringify({ task_id, input: { seconds: 0 } });
  const replayed = await running.api(`/platform/failures/${id}/replay`, post({ input }));
  expect(replayed.status, JSON.stringify(replayed.body)).toBeLessThan(300);

  const again = await eventually('the replay', async () => {
    return (await list(`name=${wait}`)).find(({ retry_of }) => retry_of === task_id);
  });
  expect(await result(again.task_id)).toMatchObject({ status: 'SUCCESS', result: { waited_seconds: 0 } });
  expect(again).toMatchObject({ first_task_id: task_id });
  await eventually('resolved', async () => ((await failure())?.state === 'resolved' ? true : undefined));
}, 240_000);

test('a failed task is done again with edited arguments; one that is well is not', async () => {
  const { task_id } = await submit(wait, { kwargs: { seconds: 0, fail: 'lasting' } });
  expect(await result(task_id)).toMatchObject({ status: 'FAILURE', error: 'PermanentError' });

  const again = (await ask(`/task/${task_id}/retry`, post({ kwargs: { seconds: 0 } }))).body.data as Task;
  expect(again).toMatchObject({ retry_of: task_id, first_task_id: task_id, kwargs: { seconds: 0 } });
  expect(await result(again.task_id)).toMatchObject({ status: 'SUCCESS' });
  expect(await ask(`/task/${again.task_id}/retry`, post({}))).toMatchObject({ status: 409 });
});

test('a long task runs in turns of a state machine', async () => {
  const { task_id } = await submit('tasks.general.example:long_wait', { kwargs: { seconds: 2 } });

  expect(await result(task_id)).toMatchObject({ status: 'SUCCESS', result: { waited_seconds: 2 } });
});

test('a result above 256 KB is linked', async () => {
  const words = Array.from({ length: 40_000 }, (_, index) => index.toString(36));
  const { task_id } = await submit(wordCount, { args: [words.join(' ')] });
  const { result_url, result: inAnswer } = await result(task_id, 'SUCCESS');

  expect(inAnswer).toBeNull();
  const linked = (await (await fetch(String(result_url))).json()) as object;
  expect(Object.keys(linked)).toHaveLength(words.length);
});

test('a caller is called back with a signature', async () => {
  const { task_id } = await submit(wordCount, { args: ['x'], callback_url: callbackUrl });
  const { headers, body } = await eventually('the callback', () =>
    called.find((one) => one.headers['millrace-task-id'] === task_id),
  );

  expect(JSON.parse(body)).toMatchObject({ task_id, status: 'SUCCESS', result: { x: 1 } });
  await eventually('the delivery in the row', async () => {
    const { deliveries } = (await ask(`/task/${task_id}/info`)).body.data as { readonly deliveries: readonly object[] };
    if (deliveries.length === 0) return undefined;
    expect(deliveries).toEqual([{ at: expect.stringMatching(/Z$/), error: null }]);
    return deliveries;
  });
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['millrace-signature'])) ?? [];
  expect(time).toBeDefined();
  const kept = await readFile(path.join(running.directory, 'secrets.json'), 'utf8');
  const signed = [...kept.matchAll(/\\"key\\":\s*\\"([^"\\]+)\\"/g)].map(([, key = '']) =>
    createHmac('sha256', key).update(`${time}.${body}`).digest('hex'),
  );
  expect(signed).toContain(signature);
}, 180_000);

test('messages that come three times run a task once', async () => {
  running.stack.faults.set({ deliveries: 3 });
  const tasks: Task[] = [];
  for (let index = 0; index < 20; index += 1)
    tasks.push(await submit(wait, { kwargs: { seconds: 0.1 }, desc: `${index}` }));
  for (const { task_id } of tasks) expect(await result(task_id)).toMatchObject({ status: 'SUCCESS' });
  for (const { task_id } of tasks)
    expect((await ask(`/task/${task_id}/info`)).body.data).toMatchObject({ attempts: 1 });
  running.stack.faults.set({ deliveries: 1 });
}, 180_000);

test('a slot of a schedule is one task, however often it is started', async () => {
  const schedule = running.stack.model.schedules.find(({ name }) => name.includes('recent-tasks'));
  const slot = new Date('2026-11-20T19:33:00Z');
  for (let start = 0; start < 2; start += 1) await running.stack.wiring.scheduler.trigger(schedule?.name ?? '', slot);

  const scheduled = await eventually('the slot’s task', async () => {
    const items = await list('username=schedule');
    return items.length > 0 ? items : undefined;
  });
  expect(scheduled).toHaveLength(1);
  expect(await result(scheduled[0]?.task_id ?? '')).toMatchObject({ status: 'SUCCESS' });
});
