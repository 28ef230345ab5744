import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptToken } from '../../local/callers/console-token.ts';
import { askConsole, project, type StackProcess, startStackProcess } from '../support/stack-process.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-add-a-task-'));
const checkout = path.join(folder, 'checkout');
const state = path.join(folder, 'state');
const howTo = readFileSync(path.join(project, 'docs/how-to/add-a-task.md'), 'utf8');
let stack: StackProcess;

beforeAll(async () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: project, encoding: 'utf8' }).split('\0');
  for (const file of files.filter(Boolean)) {
    // One that is deleted and not yet committed.
    cpSync(path.join(project, file), path.join(checkout, file), { recursive: true, force: true });
  }
  symlinkSync(path.join(project, 'node_modules'), path.join(checkout, 'node_modules'));

  // The file, as the how-to has it, and the line.
  const [, code = ''] = /```ts\n(.*?)```/s.exec(howTo) ?? [];
  writeFileSync(path.join(checkout, 'lambdas/tasks/functions/reverse.ts'), code);
  const registry = path.join(checkout, 'lambdas/tasks/functions/index.ts');
  const text = readFileSync(registry, 'utf8');
  const changed = `import { reverse } from './reverse.ts';\n${text.replace(/\n {2}wordCount,/, '\n  reverse,$&')}`;
  writeFileSync(registry, changed);
  expect(changed).toContain('  reverse,\n');

  stack = await startStackProcess(state, {}, { checkout });
}, 15 * 60_000);

afterAll(async () => {
  await stack?.interrupt();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly code: number;
  readonly data: { readonly task_id: string; readonly status: string; readonly result: unknown };
}

test('a function is one file and one line, and then it runs', async () => {
  const { api } = await askConsole<{ api: string }>(stack, '/stack');
  const headers = { authorization: `Bearer ${await keptToken(state)}`, 'content-type': 'application/json' };
  const ask = async (route: string, init?: RequestInit) =>
    (await (await fetch(`${api}/api/v1${route}`, { headers, ...init })).json()) as Answer;
  const submitted = await ask('/tasks/submit', {
    method: 'POST',
    body: JSON.stringify({ name: 'tasks.text:reverse', kwargs: { text: 'abc' } }),
  });
  expect(submitted).toMatchObject({ code: 0 });

  const read = () => ask(`/task/${submitted.data.task_id}/result`);
  let answer = await read();
  for (
    const until = Date.now() + 120_000;
    answer.data.status !== 'SUCCESS' && Date.now() < until;
    answer = await read()
  )
    await sleep(200);
  expect(answer.data).toMatchObject({ status: 'SUCCESS', result: { reversed: 'cba' } });
});
