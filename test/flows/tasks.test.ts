import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.ts';

let running: TestStack;

beforeAll(async () => {
  running = await startTestStack();
}, 120_000);

afterAll(() => running.stop());

interface Answer {
  readonly status: number;
  readonly body: { readonly code: number; readonly msg: string; readonly data: unknown };
}

async function ask(route: string, init?: RequestInit): Promise<Answer> {
  return (await running.api(`/api/v1${route}`, init)) as Answer;
}

interface Task {
  readonly task_id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

async function submit(name: string, body: object = {}): Promise<Task> {
  const { status, body: answer } = await ask('/tasks/submit', {
    method: 'POST',
    body: JSON.stringify({ name, ...body }),
  });
  expect(answer).toMatchObject({ code: 0, msg: 'OK' });
  expect(status).toBe(200);
  return answer.data as Task;
}

/** The result when the task has one of these states. */
async function result(id: string, ...statuses: string[]): Promise<Task> {
  const wanted = statuses.length > 0 ? statuses : ['SUCCESS', 'FAILURE', 'REVOKED'];
  for (const until = Date.now() + 60_000; Date.now() < until; await new Promise((r) => setTimeout(r, 50))) {
    const task = (await ask(`/task/${id}/result`)).body.data as Task;
    if (wanted.includes(task.status)) return task;
  }
  throw new Error(
    `${id} has not become ${wanted.join(' or ')}: ${JSON.stringify((await ask(`/task/${id}/info`)).body)}`,
  );
}

test('a submitted function runs, and its result can be read', async () => {
  const task = await submit('tasks.general.example:word_count', { kwargs: { content: 'to be or not to be' } });
  expect(task).toMatchObject({ status: 'PENDING', args: [], kwargs: { content: 'to be or not to be' } });

  expect(await result(task.task_id)).toMatchObject({
    status: 'SUCCESS',
    result: { to: 2, be: 2, or: 1, not: 1 },
    error: null,
    progress: { percent: 100 },
  });
});
