import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { metricsRoutes, recommenderRoutes, trackRoutes } from '../../lambdas/recommender/contract.ts';
import { loseBytes } from '../support/lose-bytes.ts';
import { type Flow, startFlow } from './flow.ts';
import { type AskAs, askAs, type Role, roles } from './roles.ts';
import { requestOf, table, turnedAway } from './route-table.ts';

/** Who may do what, over a running stack: every route for every kind of caller, and what hostile ones try. */

/** Where callers are told of their tasks, and where nobody asked to be told. */
const called: { readonly path: string; readonly signature: unknown; readonly body: string }[] = [];
let listener: Server;
let flow: Flow;
let host: string;
let ask: AskAs;

beforeAll(async () => {
  listener = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      called.push({ path: request.url ?? '', signature: request.headers['millrace-signature'], body });
      // What fails for good goes to the ledger at once.
      response.writeHead(request.url === '/refused' ? 400 : 204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  flow = await startFlow({
    PAGE_ALLOWED: host,
    CALLER_BURST: '100000',
    CALLER_REQUESTS_PER_SECOND: '1000',
    USERS_FRESH_MS: '600',
  });
  ask = await askAs(flow.running.stack);
}, 600_000);

afterAll(async () => {
  await flow?.stop();
  listener?.close();
});

/** The recommender's answers have other names than those of tasks, below the same prefix. */
const ownEnvelope = new Set<string>([...trackRoutes, ...recommenderRoutes, ...metricsRoutes]);

test('every route that the stack serves is walked', () => {
  const served = (flow.running.stack.model.httpApi?.routes ?? []).map(({ key }) => key);

  expect([...table.keys()].sort()).toEqual(served.sort());
});

describe('whom a route turns away', () => {
  test.each([...table])(
    '%s (%s)',
    async (key, permission) => {
      const { method, path, body } = requestOf(key);
      for (const role of Object.keys(roles) as Role[]) {
        const { status, body: told } = await vi.waitFor(
          async () => {
            const answer = await ask(role, method, path, body);
            // Functions that asked for the users a moment ago know a new one a little later.
            if (role !== 'nobody' && answer.status === 401) throw new Error(`${role} is not known yet`);
            return answer;
          },
          { timeout: 300_000, interval: 200 },
        );
        const refusal = turnedAway[permission][role];
        if (refusal === undefined) {
          expect([401, 403], `${key} for ${role}: ${JSON.stringify(told)}`).not.toContain(status);
          continue;
        }
        expect(status, `${key} for ${role}: ${JSON.stringify(told)}`).toBe(refusal);
        const envelope = ownEnvelope.has(key)
          ? { code: refusal, message: expect.any(String), data: null }
          : path.startsWith('/api/v1/')
            ? { code: refusal, msg: expect.any(String) }
            : /^\/(dts-auto-brief|briefs)\//.test(path)
              ? { err_code: refusal, err_msg: expect.any(String) }
              : { error: expect.any(String), message: expect.any(String) };
        expect(told, `${key} for ${role}`).toMatchObject(envelope);
      }
    },
    180_000,
  );
});

const wordCount = 'tasks.general.example:word_count';
const fileCount = 'tasks.general.example:file_word_count';
const wait = 'tasks.general.example:wait';
const patience = { timeout: 300_000, interval: 200 };

async function submit(role: Role, name: string, body: object): Promise<string> {
  const { status, body: told } = await ask(role, 'POST', '/api/v1/tasks/submit', { name, ...body });
  expect(status, JSON.stringify(told)).toBe(200);
  return told.data.task_id as string;
}

async function ended(role: Role, id: string) {
  return vi.waitFor(async () => {
    const { body } = await ask(role, 'GET', `/api/v1/task/${id}/result`);
    expect(body.data.status).toMatch(/SUCCESS|FAILURE|REVOKED/);
    return body.data as { status: string; error: string | null; result: unknown };
  }, patience);
}

/** An uploaded file of a caller, as an argument. */
async function fileOf(role: Role, text: string): Promise<string> {
  const announced = { name: 'secret.txt', size: Buffer.byteLength(text), content_type: 'text/plain' };
  const { body } = await ask(role, 'POST', '/api/v1/files', announced);
  const { file, upload } = body.data;
  const sent = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: text });
  expect(sent.status).toBe(200);
  expect((await ask(role, 'POST', `/api/v1/files/${file.file_id}/complete`, {})).status).toBe(200);
  return file.argument as string;
}

/** The task that a replay of this failure has made. */
const replayedAs = (failure: number) =>
  vi.waitFor(async () => {
    const [row] = await flow.rows<{ id: string }>('select id::text from tasks.tasks where replay_of = $1', failure);
    expect(row).toBeDefined();
    return row?.id ?? '';
  }, patience);

/** The open failure whose natural key or input names a task. */
async function failureOf(source: string, taskId: string): Promise<number> {
  return vi.waitFor(async () => {
    const [row] = await flow.rows<{ id: number }>(
      `select id::int from platform.failures where workload = 'tasks' and source_name = $1 and state = 'open'
       and input like '%' || $2 || '%' order by id desc`,
      source,
      taskId,
    );
    expect(row).toBeDefined();
    return row?.id ?? 0;
  }, patience);
}

const stateOf = async (id: number) =>
  (await flow.rows<{ state: string }>('select state from platform.failures where id = $1', id))[0]?.state;

const tasksOf = async (user: string) =>
  (await flow.rows<{ n: number }>('select count(*)::int as n from tasks.tasks where username = $1', user))[0]?.n;

describe('a file is its owner’s', () => {
  test('nobody else finds it, but an admin', async () => {
    const file = (await fileOf('owner', 'word word')).slice('file:'.length);
    const statuses = async (method: string, path: string, body?: object) => {
      const all = [];
      for (const role of ['user', 'operator', 'owner', 'admin'] as const)
        all.push((await ask(role, method, `/api/v1/files/${file}${path}`, body)).status);
      return all;
    };

    expect(await statuses('GET', '')).toEqual([404, 404, 200, 200]);
    expect(await statuses('POST', '/complete', {})).toEqual([404, 404, 200, 200]);
  });

  test('a task opens it for its owner alone: submitted, done again with it, or replayed with it', async () => {
    const file = await fileOf('owner', 'word word');
    expect(await ended('owner', await submit('owner', fileCount, { kwargs: { file } }))).toMatchObject({
      status: 'SUCCESS',
    });
    const before = await tasksOf('walk-owner');

    const stolen = await submit('user', fileCount, { kwargs: { file } });
    expect(await ended('user', stolen)).toMatchObject({ status: 'FAILURE', error: 'NotFoundError', result: null });
    const absent = await submit('user', fileCount, { kwargs: { file: `file:${randomUUID()}` } });
    await ended('user', absent);
    // A file of one's own whose bytes we lost fails for good in the ledger, where an absent one is the caller's mistake.
    const lost = await fileOf('user', 'word');
    await loseBytes(flow.running, lost);
    const failed = await submit('user', fileCount, { kwargs: { file: lost } });
    expect(await ended('user', failed)).toMatchObject({ status: 'FAILURE', error: 'NotFoundError' });
    // By its own submitter, and by an admin who acts for them: the task is still that user's.
    for (const [role, of] of [
      ['user', stolen],
      ['admin', absent],
    ] as const) {
      const { body } = await ask(role, 'POST', `/api/v1/task/${of}/retry`, { kwargs: { file } });
      expect(await ended('admin', body.data.task_id)).toMatchObject({ status: 'FAILURE', error: 'NotFoundError' });
    }

    const id = await failureOf('run-tasks', failed);
    const input = { task_id: failed, input: { file } };
    expect(await ask('operator', 'POST', `/platform/failures/${id}/replay`, { input })).toMatchObject({ status: 202 });
    const again = await replayedAs(id);
    expect(await ended('admin', again)).toMatchObject({ status: 'FAILURE', error: 'NotFoundError' });
    expect(await tasksOf('walk-owner')).toBe(before);
  }, 600_000);
});

describe('a replay is bound to what failed', () => {
  test('an operator’s own failure does not run another’s task, nor end it', async () => {
    const victim = await submit('owner', wait, { kwargs: { seconds: 600 } });
    const own = await submit('operator', wait, { kwargs: { seconds: 0, fail: 'lasting' } });
    await ended('operator', own);
    const id = await failureOf('run-tasks', own);
    const replay = (input: unknown) => ask('operator', 'POST', `/platform/failures/${id}/replay`, { input });

    for (const [input, field] of [
      [{ task_id: victim, input: { seconds: 0 } }, 'input.task_id'],
      [`{"task_id":"${own}","task_id":"${victim}"}`, 'input.task_id'],
      [{ task_id: own.toUpperCase() }, 'input.task_id'],
      [{ input: { seconds: 0 } }, 'input.task_id'],
      [{ task_id: own, lost: 'x' }, 'input.lost'],
      [{ task_id: own, stopped: true }, 'input.stopped'],
      [{ task_id: own, username: 'walk-owner' }, 'input.username'],
      [[{ task_id: own }], undefined],
      ['x', 'input'],
    ] as const) {
      const { status, body } = await replay(input);
      expect(status, JSON.stringify(input)).toBe(400);
      if (field !== undefined) expect(Object.keys(body.message.json)).toEqual([field]);
    }
    expect(await stateOf(id)).toBe('open');

    expect(await replay({ task_id: own, input: { seconds: 0 } })).toMatchObject({ status: 202 });
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('resolved'), patience);
    expect((await ask('owner', 'GET', `/api/v1/task/${victim}/info`)).body.data.status).not.toMatch(/FAIL|REVOKED/);
    await ask('owner', 'POST', `/api/v1/task/${victim}/terminate`);
  }, 600_000);

  test('what an operator makes of a task that was shared is its owner’s alone', async () => {
    const lost = await fileOf('owner', 'word');
    await loseBytes(flow.running, lost);
    const failed = await submit('owner', fileCount, { kwargs: { file: lost }, visibility: 'everyone' });
    await ended('owner', failed);
    const file = await fileOf('owner', 'a private word');
    const id = await failureOf('run-tasks', failed);

    const input = { task_id: failed, input: { file } };
    expect(await ask('operator', 'POST', `/platform/failures/${id}/replay`, { input })).toMatchObject({ status: 202 });
    const again = await replayedAs(id);

    expect(await ended('owner', again)).toMatchObject({ status: 'SUCCESS', result: { private: 1 } });
    expect(JSON.stringify((await ask('operator', 'GET', `/api/v1/task/${again}/info`)).body)).not.toContain('private');
    expect(await ask('operator', 'GET', `/api/v1/task/${again}/result`)).toMatchObject({ status: 404 });
  }, 600_000);

  test('a callback is sent where and as its task says, whoever asks, and nothing else is signed', async () => {
    const id = await submit('operator', wordCount, { args: ['x'], callback_url: `http://${host}/refused` });
    const failure = await failureOf('send-callbacks', id);
    const before = called.length;
    const forged = { task_id: id, url: `http://${host}/forged`, body: '{"forged":true}' };
    const replay = (body: object) => ask('operator', 'POST', `/platform/failures/${failure}/replay`, body);

    expect(await replay({ input: forged })).toMatchObject({ status: 400 });
    expect(await replay({ input: JSON.stringify(forged) })).toMatchObject({ status: 400 });
    // And if it got into the queue all the same.
    const { credentials, storage } = flow.running.stack.services;
    const sqs = new SQSClient({ region, credentials, endpoint: storage.sqsUrl });
    const QueueName = 'millrace-dev-tasks-send-callbacks';
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(forged) }));
    await vi.waitFor(() => expect(called.length).toBeGreaterThan(before), patience);

    const paths = new Set(called.map(({ path }) => path));
    expect(paths).toEqual(new Set(['/refused']));
    for (const { body } of called) expect(JSON.parse(body)).toMatchObject({ task_id: id, status: 'SUCCESS' });
    // As it was, it may go again.
    expect(await replay({})).toMatchObject({ status: 202 });
  }, 600_000);
});

test('a user who is no operator sees and settles nothing in the ledger, not even their own', async () => {
  const own = await submit('user', wait, { kwargs: { seconds: 0, fail: 'lasting' } });
  await ended('user', own);
  const id = await failureOf('run-tasks', own);
  const many = { workload: 'tasks', limit: 100 };

  for (const [method, path, body] of [
    ['GET', '/platform/failures'],
    ['GET', `/platform/failures/${id}`],
    ['GET', '/tagger/failures'],
    ['GET', '/platform/replays'],
    ['POST', `/platform/failures/${id}/replay`, {}],
    ['POST', `/platform/failures/${id}/replay`, { dry_run: true }],
    ['POST', `/platform/failures/${id}/discard`, { who: 'walk-operator' }],
    ['POST', `/platform/failures/${id}/resolve`, { who: 'walk-operator' }],
    ['POST', '/platform/failures/replay', { ...many, rate: 1 }],
    ['POST', '/platform/failures/replay', { ...many, rate: 1, dry_run: true }],
    ['POST', '/platform/failures/discard', many],
    ['POST', '/platform/failures/resolve', many],
  ] as const) {
    const { status, body: told } = await ask('user', method, path, body);
    expect([status, told.error], `${method} ${path}`).toEqual([403, 'Forbidden']);
    expect(JSON.stringify(told)).not.toContain(own);
  }
  expect(await stateOf(id)).toBe('open');
}, 600_000);
