import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LeaseStore, leaseStore } from '../../../../lambdas/tasks/stores/lease-store.ts';
import { type SweepStore, sweepStore } from '../../../../lambdas/tasks/stores/sweep-store.ts';
import { type TaskStore, taskStore } from '../../../../lambdas/tasks/stores/task-store.ts';
import type { Ending, LeasedTask, NewTask } from '../../../../lambdas/tasks/task.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;
let leases: LeaseStore;
let sweeps: SweepStore;
let tasks: TaskStore;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
  leases = leaseStore(database.app);
  sweeps = sweepStore(database.app.query);
  tasks = taskStore(database.app);
});

afterAll(() => database?.stop());

async function submitted(changes: Partial<NewTask> = {}): Promise<string> {
  const id = randomUUID();
  const given = { args: [], kwargs: {}, input: {}, description: '', retries: 1 };
  await tasks.submit({ id, username: 'admin', name: 'a:b', host: 'worker', ...given, ...changes });
  return id;
}

async function claimed(changes: Partial<NewTask> = {}): Promise<LeasedTask> {
  const [task] = await leases.claim([await submitted(changes)], 30);
  if (!task) throw new Error('The task could not be begun.');
  return task;
}

/** As if that much time had gone by since its worker was last heard of. */
async function worked(id: string, seconds: number): Promise<void> {
  await sql`UPDATE tasks.tasks SET lease_until = lease_until - make_interval(secs => ${seconds}),
    attempt_at = attempt_at - make_interval(secs => ${seconds}), sent_at = sent_at - make_interval(secs => ${seconds})
    WHERE id = ${id}`.execute(database.app.query);
}

const success = (result: unknown): Ending => {
  const text = JSON.stringify(result);
  return { status: 'SUCCESS', result: text, resultBytes: Buffer.byteLength(text) };
};

test.each(['a\0b', '\ud800', '\udc00x'])(
  'a result with %j is kept, and so are those that end with it',
  async (word) => {
    const [odd, plain] = [await claimed(), await claimed()];
    const ends = [odd, plain].map((task) => ({ task, ending: success({ [word]: 1 }), workedMs: 1 }));

    expect(await leases.finish(ends, [])).toHaveLength(2);

    const kept = await database.app.query
      .getExecutor()
      .executeQuery<{ text: string }>(
        sql<{ text: string }>`SELECT result::text AS text FROM tasks.tasks WHERE id = ${odd.id}`.compile(
          database.app.query,
        ),
      );
    expect(JSON.parse(kept.rows[0]?.text ?? '')).toEqual({ [word]: 1 });
  },
);

test('an error whose words are cut within a character is kept', async () => {
  const task = await claimed();
  const error = new Error(`${'x'.repeat(19_992)}😀\0`);

  expect(await leases.finish([{ task, ending: { status: 'FAILURE', error }, workedMs: 1 }], [])).toMatchObject([
    { id: task.id, status: 'FAILURE' },
  ]);
});

test('a task is one worker’s until its lease ends, and only the newest lease writes', async () => {
  const first = await claimed();
  expect(await leases.claim([first.id], 30)).toEqual([]);

  await worked(first.id, 31);
  const [second] = await leases.claim([first.id], 30);

  expect(second).toMatchObject({ id: first.id, attempts: 1, losses: 1 });
  expect(await leases.finish([{ task: first, ending: success('late'), workedMs: 1 }], [])).toEqual([]);
  expect(await tasks.outcome(first.id)).toMatchObject({ status: 'STARTED', result: null });
});

test('what a lost worker had of the time limit is given back; turns of one attempt share theirs', async () => {
  const [worker, turn] = [await claimed(), await claimed({ host: 'steps' })];
  for (const { id } of [worker, turn]) await worked(id, 36_000);
  const again = await leases.claim([worker.id, turn.id], 30);
  const age = (id: string) => Date.now() - (again.find((task) => task.id === id)?.attemptAt.getTime() ?? 0);

  // Nothing, and ten hours.
  expect(age(worker.id)).toBeLessThan(18_000_000);
  expect(age(turn.id)).toBeGreaterThan(18_000_000);
});

test('a task that was told to end says so when its worker was lost and another takes it up', async () => {
  const { id } = await claimed();
  await tasks.terminate(id);
  await worked(id, 31);

  expect(await leases.claim([id], 30)).toMatchObject([{ id, terminate: true }]);
});

test('a task between two turns is found when nothing brings the next', async () => {
  const task = await claimed({ host: 'steps' });
  await leases.release(task, 1);
  const found = async () => (await sweeps.forgotten(500)).map(({ id }) => id);
  expect(await found()).not.toContain(task.id);

  await worked(task.id, 301);

  expect(await found()).toContain(task.id);
  expect(await found()).not.toContain(task.id);
});

test('an answer is kept once, and only for the question that is open', async () => {
  const task = await claimed({ host: 'steps' });
  const answers = async () => {
    const [again] = await leases.claim([task.id], 30);
    return again;
  };
  const first = await leases.ask(task, 1);
  for (let times = 0; times < 2; times += 1) await leases.answer(task.id, first ?? -1, { ok: 'first' });
  const next = await answers();
  expect(next?.answers).toEqual([{ ok: 'first' }]);

  // The turn that asks next is lost after its word is in the database: the machine brings the first answer again.
  const second = next && (await leases.ask(next, 1));
  await leases.answer(task.id, first ?? -1, { ok: 'first' });
  await leases.answer(task.id, second ?? -1, { error: 'second' });

  expect((await answers())?.answers).toEqual([{ ok: 'first' }, { error: 'second' }]);
});

test('an answer is kept whatever its texts are', async () => {
  const task = await claimed({ host: 'steps' });
  const call = await leases.ask(task, 1);
  await leases.answer(task.id, call ?? -1, { ok: { 'a\0': ['\ud800', { b: '\0' }] } });
  const [again] = await leases.claim([task.id], 30);

  expect(again?.answers).toEqual([{ ok: { 'a\ufffd': ['\ufffd', { b: '\ufffd' }] } }]);
});

test('whoever has lost the lease asks nothing', async () => {
  const task = await claimed({ host: 'steps' });
  await worked(task.id, 31);
  await leases.claim([task.id], 30);

  expect(await leases.ask(task, 1)).toBeUndefined();
});

test('the sweep goes on while a caller waits for the news of an end', async () => {
  const task = await claimed({ callbackUrl: 'https://example.com/ended' });
  const before = await sweeps.open();
  await leases.finish([{ task, ending: success(1), workedMs: 1 }], []);
  expect(await sweeps.open()).toBe(before);

  await sweeps.heard([task.id]);

  expect(await sweeps.open()).toBe(Number(before) - 1);
});
