import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstAdmin } from '../../local/callers/console-token.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** The tasks API asked by programs as its callers have them: Python, and curl with md5sum. */

const clients = path.resolve(import.meta.dirname, '../fixtures/clients');
const finalStatuses = ['SUCCESS', 'FAILURE', 'REVOKED'];

let running: TestStack;
let caller: readonly [url: string, user: string, password: string];

beforeAll(async () => {
  running = await startTestStack();
  const admin = firstAdmin(running.stack.services);
  caller = [running.stack.wiring.api?.url ?? '', admin?.name ?? '', admin?.password ?? ''];
}, 600_000);

afterAll(() => running?.stop());

/** What a program prints; the reason where the machine hasn't got it. */
async function printed(program: string, args: readonly string[]): Promise<{ text: string; missing?: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 600_000 }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') resolve({ text: '', missing: `there is no ${program}` });
      else if (error) reject(new Error(`${stdout}\n${stderr}\n${running.printed().slice(-3000)}`));
      else resolve({ text: stdout });
    });
  });
}

type Answer = readonly [status: number, body: { readonly code: number; readonly msg: string; readonly data: unknown }];

interface Told {
  readonly submitted: Answer;
  readonly statuses: readonly string[];
  readonly result: Answer;
  readonly by_name: Answer;
  readonly terminated: Answer;
  readonly pages: readonly { readonly items: readonly { readonly task_id: string }[]; readonly total: number }[];
  readonly functions: Answer;
  readonly unknown: Answer;
  readonly no_function: Answer;
  readonly bad_args: Answer;
  readonly bad_param: Answer;
}

test.for(['int', 'float', 'mixed'])(
  'a client in Python with a timestamp of %s submits, polls, reads, terminates and lists',
  {
    timeout: 600_000,
  },
  async (style, { skip }) => {
    const { text, missing } = await printed('python3', [path.join(clients, 'tasks_client.py'), ...caller, style]);
    skip(missing !== undefined, missing);
    const told = JSON.parse(text) as Told;
    const submitted = told.submitted[1].data as { readonly task_id: string };

    expect(told.submitted).toMatchObject([
      200,
      { code: 0, msg: 'OK', data: { desc: `第一个 ${style}`, status: 'PENDING' } },
    ]);
    expect(told.statuses.at(-1)).toBe('SUCCESS');
    expect(told.result).toMatchObject([200, { data: { status: 'SUCCESS', result: { a: 2, b: 1 }, traceback: null } }]);
    expect(told.by_name).toMatchObject([200, { data: { result: { c: 2, d: 1 } } }]);
    // It had ended: nothing changes.
    expect(told.terminated).toMatchObject([200, { code: 0, data: { task_id: submitted.task_id, status: 'SUCCESS' } }]);
    const listed = told.pages.flatMap(({ items }) => items.map(({ task_id }) => task_id));
    expect(new Set(listed).size).toBe(listed.length);
    expect(told.pages.map(({ total }) => total)).toEqual(told.pages.map(() => listed.length));
    expect(listed).toContain(submitted.task_id);
    expect(listed.indexOf(submitted.task_id), 'the newest first').toBe(1);
    expect(told.functions).toMatchObject([200, { data: { items: expect.any(Array) } }]);
    expect(told.unknown).toMatchObject([404, { code: 4000, msg: '任务不存在' }]);
    expect(told.no_function).toMatchObject([404, { code: 3000, msg: '函数不存在' }]);
    expect(told.bad_args).toMatchObject([422, { code: 2002, msg: '参数解析错误' }]);
    expect(told.bad_param).toMatchObject([422, { code: 3003, data: 'Field "content" is missing' }]);
  },
);

test('curl and md5sum do for a client', { timeout: 600_000 }, async ({ skip }) => {
  const { missing } = await printed('curl', ['--version']);
  skip(missing !== undefined, missing);
  const { missing: digest } = await printed('md5sum', ['--version']);
  skip(digest !== undefined, digest);
  const { text } = await printed('sh', [path.join(clients, 'tasks-client.sh'), ...caller, '船 船 a']);
  const [submitted, result, list] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly code: number; readonly data: Record<string, unknown> });

  expect(submitted).toMatchObject({ code: 0, data: { name: 'tasks.general.example:word_count', status: 'PENDING' } });
  expect(finalStatuses).toContain(result?.data.status);
  expect(result?.data).toMatchObject({ task_id: submitted?.data.task_id, result: { 船: 2, a: 1 } });
  expect(list?.data.items).toContainEqual(expect.objectContaining({ task_id: submitted?.data.task_id }));
});
