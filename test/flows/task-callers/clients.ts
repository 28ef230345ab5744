import { execFile } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { firstAdmin } from '../../../local/callers/console-token.ts';
import { type Account, addAccount } from '../../support/credentials.ts';
import { type Row, type TasksClient, type Told, tasksClient } from '../../support/tasks-client.ts';
import { expectWholeLife, type Life } from '../old-client.ts';
import { running } from './stack.ts';

/** The tasks API asked by programs as its callers have them, and by users who are not each other. */

const clients = path.resolve(import.meta.dirname, '../../fixtures/clients');
const wordCount = 'tasks.general.example:word_count';

let url: string;
let ask: TasksClient['ask'];
let post: TasksClient['post'];
let submit: TasksClient['submit'];
let ended: TasksClient['ended'];
let mei: Account;
let bob: Account;
let admin: Account;

beforeAll(async () => {
  url = running.stack.wiring.api?.url ?? '';
  ({ ask, post, submit, ended } = tasksClient(url));
  [mei, bob] = [await addAccount(running.stack, 'mei'), await addAccount(running.stack, 'bob')];
  const found = firstAdmin(running.stack.services);
  if (!found) throw new Error('There is no admin');
  admin = found;
  // A function that asked for its users before these were made knows them a little later.
  for (const who of [mei, bob])
    for (const route of ['/tasks/list', '/files/00000000-0000-4000-8000-000000000000'])
      await vi.waitFor(async () => expect((await ask(who, route)).status).not.toBe(401), {
        timeout: 600_000,
        interval: 500,
      });
}, 600_000);

/** What a program prints; the reason where the machine hasn't got it. */
async function printed(program: string, args: readonly string[]): Promise<{ text: string; missing?: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 600_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') resolve({ text: '', missing: `there is no ${program}` });
      else if (/No module named/.test(stderr)) resolve({ text: '', missing: stderr.trim().split('\n').at(-1) ?? '' });
      else if (error) reject(new Error(`${stdout}\n${stderr}\n${running.printed().slice(-3000)}`));
      else resolve({ text: stdout });
    });
  });
}

test.for([
  ['int', 'requests'],
  ['float', ''],
  ['mixed', 'requests'],
] as const)(
  'a client in Python with a timestamp of %s lives its whole life unchanged, by %s',
  { timeout: 600_000 },
  async ([style, library], { skip }) => {
    const account = await addAccount(running.stack, `old-${style}`);
    await vi.waitFor(async () => expect((await ask(account, '/tasks/list')).status).toBe(200), {
      timeout: 600_000,
      interval: 500,
    });
    const args = [path.join(clients, 'tasks_client.py'), url, account.name, account.password, style, library];
    const { text, missing } = await printed('python3', args);
    skip(missing !== undefined, missing);
    const told = JSON.parse(text) as Life;

    expectWholeLife(told, account.name, style);
  },
);

test('curl and md5sum do for a client', { timeout: 600_000 }, async ({ skip }) => {
  for (const [program, version] of [
    ['curl', '--version'],
    ['md5sum', '--version'],
  ] as const) {
    const { missing } = await printed(program, [version]);
    skip(missing !== undefined, missing);
  }
  const { text } = await printed('sh', [path.join(clients, 'tasks-client.sh'), url, mei.name, mei.password, '船 船 a']);
  const [submitted, parts, result, list] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told<Row & readonly Row[]>);

  expect(submitted).toMatchObject({ code: 0, data: { name: wordCount, status: 'PENDING' } });
  expect(parts).toMatchObject({ code: 0, data: { args: ['船 船 a'], desc: 'multi-part', username: 'mei' } });
  expect(result?.data).toMatchObject({ task_id: submitted?.data.task_id, result: { 船: 2, a: 1 } });
  const ids = list?.data.map(({ task_id }) => task_id);
  expect(ids?.slice(0, 2)).toEqual([parts?.data.task_id, submitted?.data.task_id]);
});

describe('requests as old libraries write them', () => {
  const form = `name=${encodeURIComponent(wordCount)}&args=%5B%22a+b%20a%2Bb%22%5D&kwargs=&username=&extra=1&name=x`;
  const multipart = [
    ...['--X', 'CONTENT-DISPOSITION: form-data; name="name"', 'Content-Type: text/plain; charset=US-ASCII', ''],
    ...[wordCount, '--X', 'content-disposition: form-data; name="args"', 'Content-Transfer-Encoding: 8bit', ''],
    ...['["a b a+b"]', '--X--', ''],
  ].join('\r\n');
  const urlEncoded = 'application/x-www-form-urlencoded';

  test.for<[string, string, Record<string, string>]>([
    ['a form, in chunks', form, { 'Content-Type': urlEncoded }],
    ['a form with a charset', form, { 'CONTENT-TYPE': `${urlEncoded}; charset=UTF-8` }],
    ['a form with its length', form, { 'content-type': urlEncoded, 'Content-Length': String(Buffer.byteLength(form)) }],
    ['a form that waits to be asked for', form, { 'Content-Type': urlEncoded, Expect: '100-continue' }],
    ['a multi-part form', multipart, { 'Content-Type': 'Multipart/Form-Data; boundary="X"; charset=UTF-8' }],
    ['JSON whose arguments are text', JSON.stringify({ name: wordCount, args: '["a b a+b"]', extra: {} }), {}],
    [
      'JSON',
      JSON.stringify({ name: wordCount, args: ['a b a+b'] }),
      { 'Content-Type': 'application/json; charset=utf-8' },
    ],
  ])('%s', async ([, body, headers]) => {
    const { status, body: told } = await ask(mei, '/tasks/submit', { method: 'POST', body, headers });

    expect({ status, told }).toMatchObject({ status: 200, told: { code: 0, data: { args: ['a b a+b'], kwargs: {} } } });
    expect((await ended(mei, told.data.task_id)).result).toEqual({ a: 1, b: 1, 'a+b': 1 });
  });

  test('HEAD asks as GET does, OPTIONS tells the methods, a body of GET is nobody’s', async () => {
    const got = await ask<readonly Row[]>(mei, '/tasks/list?per_page=1', {
      body: '{',
      headers: { 'content-length': '1' },
    });
    const head = await ask(mei, '/tasks/list?per_page=1', { method: 'HEAD' });
    const options = await ask(mei, '/tasks/submit', { method: 'OPTIONS' });

    expect(got).toMatchObject({ status: 200, body: { data: [{ username: 'mei' }] } });
    expect(head).toMatchObject({ status: 200, body: {} });
    expect(head.headers['x-total-count']).toBe(got.headers['x-total-count']);
    expect(options).toMatchObject({ status: 200, headers: { allow: 'POST' }, body: { code: 0, data: {} } });
    expect(await ask(mei, '/tasks/submit', { method: 'PATCH' })).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
  });
});

describe('whose a task is', () => {
  const secret = { name: wordCount, kwargs: { content: 'token-1' }, desc: 'words of mine' };
  const address = 'https://example.com/hook?key=token-2';

  test('others see id, name, owner, status and times in lists, and nothing else', async () => {
    const { task_id } = await submit(mei, { ...secret, callback_url: address });
    await ended(mei, task_id);
    const shown = async (who: Account) => {
      const answer = await ask<readonly Row[]>(who, '/tasks/list?username=mei&per_page=100');
      return answer.body.data.find((row) => row.task_id === task_id);
    };

    const times = { created_at: expect.any(String), started_at: expect.any(String), ended_at: expect.any(String) };
    expect(await shown(bob)).toMatchObject({ task_id, username: 'mei', name: wordCount, status: 'SUCCESS', ...times });
    const hidden = { args: null, kwargs: null, desc: null, callback_url: null, retry_of: null, first_task_id: null };
    expect(await shown(bob)).toMatchObject(hidden);
    expect(JSON.stringify(await shown(bob))).not.toContain('token');
    for (const who of [mei, admin])
      expect(await shown(who)).toMatchObject({ kwargs: secret.kwargs, desc: secret.desc, callback_url: address });
  });

  test('its info, its result and what ends it or does it again are there for its owner and an admin alone', async () => {
    const { task_id } = await submit(mei, secret);
    await ended(mei, task_id);
    const [info, result] = [`/task/${task_id}/info`, `/task/${task_id}/result`];

    for (const route of [info, result]) {
      expect(await ask(bob, route)).toMatchObject({ status: 404, body: { code: 4000, data: {} } });
      for (const who of [mei, admin]) expect(await ask(who, route)).toMatchObject({ status: 200 });
    }
    const none = await ask(bob, '/task/00000000-0000-4000-8000-000000000000/info');
    expect((await ask(bob, info)).body.msg.replace(task_id, '')).toBe(none.body.msg.replace(/[\d-]{36}/, ''));
    for (const route of [`/task/${task_id}/terminate`, `/task/${task_id}/retry`]) {
      expect(await post(bob, route, {})).toMatchObject({ status: 404, body: { code: 4000 } });
      for (const who of [mei, admin]) expect((await post(who, route, {})).status).not.toBe(404);
    }
  });

  test('one that is shared is read by everybody, and changed by nobody else; where it calls back is not shared', async () => {
    const shared = await submit(mei, { ...secret, visibility: 'everyone', callback_url: address });
    expect(shared).toMatchObject({ visibility: 'everyone', callback_url: address });
    await ended(mei, shared.task_id);

    const { body } = await ask(bob, `/task/${shared.task_id}/info`);
    expect(body.data).toMatchObject({
      kwargs: secret.kwargs,
      desc: secret.desc,
      visibility: 'everyone',
      callback_url: null,
    });
    expect((await ask(bob, `/task/${shared.task_id}/result`)).body.data).toMatchObject({ result: { 'token-1': 1 } });
    const { body: list } = await ask<readonly Row[]>(bob, '/tasks/list?username=mei');
    expect(list.data.find(({ task_id }) => task_id === shared.task_id)).toMatchObject({ kwargs: secret.kwargs });
    for (const route of [`/task/${shared.task_id}/terminate`, `/task/${shared.task_id}/retry`])
      expect(await post(bob, route, {})).toMatchObject({ status: 403, body: { code: 403 } });
  });

  test('only an admin submits for another; done again it stays whose and what it was', async () => {
    const wait = {
      name: 'tasks.general.example:wait',
      kwargs: { seconds: 0, fail: 'lasting' },
      visibility: 'everyone',
    };
    expect(await post(bob, '/tasks/submit', { ...wait, username: 'mei' })).toMatchObject({
      status: 403,
      body: { code: 403 },
    });
    expect(await submit(bob, { ...secret, username: 'bob' })).toMatchObject({ username: 'bob' });
    const theirs = await submit(admin, { ...wait, username: 'mei' });
    expect(theirs).toMatchObject({ username: 'mei', visibility: 'everyone' });

    expect(await ended(mei, theirs.task_id)).toMatchObject({ status: 'FAILURE' });
    const again = await post(admin, `/task/${theirs.task_id}/retry`, {});
    expect(again.body.data).toMatchObject({ username: 'mei', visibility: 'everyone', retry_of: theirs.task_id });
  });

  test('the same key for one and for all are two requests', async () => {
    const keyed = { ...secret, idempotency_key: 'once' };
    const first = await submit(mei, keyed);

    expect((await submit(mei, { ...keyed, visibility: 'owner' })).task_id).toBe(first.task_id);
    expect(await post(mei, '/tasks/submit', { ...keyed, visibility: 'everyone' })).toMatchObject({ status: 409 });
    expect((await submit(bob, keyed)).task_id).not.toBe(first.task_id);
  });

  test('a file is its owner’s, also as an argument, and of a task that is shared', async () => {
    const announced = await post(mei, '/files', { name: 'a.txt', size: 3, content_type: 'text/plain' });
    const { file, upload } = announced.body.data as unknown as {
      readonly file: { readonly file_id: string; readonly argument: string };
      readonly upload: { readonly url: string; readonly headers: Record<string, string> };
    };
    await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'a b' });
    await post(mei, `/files/${file.file_id}/complete`, {});
    const counted = { name: 'tasks.general.example:file_word_count', args: [file.argument], visibility: 'everyone' };
    const [own, stolen] = [await submit(mei, counted), await submit(bob, counted)];

    for (const route of [`/files/${file.file_id}`, `/files/${file.file_id}/parts`])
      expect(await ask(bob, route)).toMatchObject({ status: 404, body: { code: 404 } });
    expect((await post(bob, `/files/${file.file_id}/complete`, {})).status).toBe(404);
    expect(await ended(mei, own.task_id)).toMatchObject({ status: 'SUCCESS', result: { a: 1, b: 1 } });
    expect(await ended(bob, stolen.task_id)).toMatchObject({ status: 'FAILURE', error: 'NotFoundError', result: null });
  });

  test('the list of runs tells of a task what a list of tasks tells others', async () => {
    const { task_id } = await submit(mei, { ...secret, callback_url: address });
    const { body } = await running.api(`/platform/runs?workload=tasks&name=${task_id}`);

    const { data } = (body as unknown as { readonly result: { readonly data: readonly Row[] } }).result;
    expect(data).toMatchObject([{ name: task_id, detail: { function: wordCount, username: 'mei' } }]);
    expect(JSON.stringify(data)).not.toContain('token');
  });
});
