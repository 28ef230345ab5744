import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryStore } from '../../../../lambdas/tasks/stores/delivery-store.ts';
import { type TaskStore, taskStore } from '../../../../lambdas/tasks/stores/task-store.ts';
import type { NewTask } from '../../../../lambdas/tasks/task.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;
let tasks: TaskStore;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
  tasks = taskStore(database.app);
});

afterAll(() => database?.stop());

async function submitted(changes: Partial<NewTask> = {}) {
  const given = { args: [], kwargs: {}, input: {}, description: '', retries: 1 };
  const task = { id: randomUUID(), username: 'mei', name: 'a:b', host: 'worker' as const, ...given, ...changes };
  return (await tasks.submit(task)).task;
}

test('a task is its owner’s unless it is shared, and done again it is what it was', async () => {
  const [own, shared] = [await submitted(), await submitted({ visibility: 'everyone' })];

  expect([own.visibility, shared.visibility]).toEqual(['owner', 'everyone']);
  expect((await submitted({ retryOf: shared.task_id })).visibility).toBe('everyone');
  expect((await submitted({ retryOf: own.task_id })).visibility).toBe('owner');
  expect((await submitted({ retryOf: shared.task_id, visibility: 'owner' })).visibility).toBe('owner');
  expect(await tasks.outcome(shared.task_id)).toMatchObject({ username: 'mei', visibility: 'everyone' });
});

test('every row has a number of its own', async () => {
  const ids = [await submitted(), await submitted(), await submitted()].map(({ id }) => id);

  expect(new Set(ids).size).toBe(3);
  expect(ids.every(Number.isSafeInteger)).toBe(true);
});

test('deliveries stand in the row in their order, each once, whatever their words', async () => {
  const note = deliveryStore(database.app.query);
  const { task_id, deliveries } = await submitted();
  const [first, second] = ['2026-11-29T08:00:00.000Z', '2026-11-29T08:01:00.000Z'];
  expect(deliveries).toEqual([]);
  for (const delivery of [
    { at: first, error: 'example.com answered 500' },
    { at: first, error: 'example.com answered 500' },
    { at: second, error: 'a\0b\ud800' },
  ])
    await note(task_id, delivery);

  expect((await tasks.find(task_id))?.deliveries).toEqual([
    { at: first, error: 'example.com answered 500' },
    { at: second, error: 'a\ufffdb\ufffd' },
  ]);
});

test('of many deliveries the first hundred are kept', async () => {
  const note = deliveryStore(database.app.query);
  const { task_id } = await submitted();
  for (let index = 0; index < 105; index++)
    await note(task_id, { at: new Date(index * 1000).toISOString(), error: 'x' });

  expect((await tasks.find(task_id))?.deliveries).toHaveLength(100);
});
