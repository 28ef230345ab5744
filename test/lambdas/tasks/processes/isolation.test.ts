import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TaskOutcome } from '../../../../lambdas/tasks/task.ts';
import { runBatch } from '../../../../lambdas/tasks/worker/run-batch.ts';
import { destructive, unholdable } from './misbehaving.ts';
import { fileBytes, startWorkerGround, type WorkerGround } from './worker-ground.ts';

let ground: WorkerGround;

const shift = { lane: 'short', seconds: 285 } as const;

beforeAll(async () => {
  ground = await startWorkerGround();
}, 600_000);

afterAll(() => ground?.stop());

const submit: WorkerGround['submit'] = (...given) => ground.submit(...given);
const outcome = (id: string): Promise<TaskOutcome> => ground.outcome(id);
const run = (...ids: string[]): Promise<void> => runBatch(ids, ground.ports, shift);

/** One that misbehaves among nine that don't. */
async function amongOthers(name: string): Promise<{ readonly bad: TaskOutcome; readonly others: TaskOutcome[] }> {
  const bad = await submit(name);
  const others = await Promise.all(Array.from({ length: 9 }, (_, n) => submit('echo', { value: n })));
  await run(bad, ...others);
  return { bad: await outcome(bad), others: await Promise.all(others.map(outcome)) };
}

const fates = { ...unholdable, ...destructive, spin: { says: '1 seconds' } };

test.each(Object.entries(fates))(
  'what %s does costs only its own task, whose failure names function and cause',
  async (name, { says }) => {
    const { bad, others } = await amongOthers(name);

    expect(bad).toMatchObject({ status: 'FAILURE' });
    expect(bad.traceback).toContain(says);
    expect(others.map(({ status, result }) => ({ status, result }))).toEqual(
      others.map((_, n) => ({ status: 'SUCCESS', result: n })),
    );
    const ledger = await ground.ports.read('SELECT message FROM platform.failures WHERE natural_key = $1', [
      `task:${bad.task_id}`,
    ]);
    expect(ledger).toEqual([{ message: expect.stringContaining(`test:${name}`) as unknown }]);
  },
  60_000,
);

test('two that end their processes in one batch are told apart', async () => {
  const ids = await Promise.all(['exit', 'abort', 'bigint', 'spin'].map((name) => submit(name)));
  await run(...ids);

  const said = (await Promise.all(ids.map(outcome))).map(({ traceback }) => traceback);
  expect(said).toEqual(
    ['exit code 3', 'SIGABRT', 'BigInt', '1 seconds'].map((words) => expect.stringContaining(words)),
  );
}, 600_000);

test('what one function leaves behind is not the next one’s fault', async () => {
  const bomb = await submit('leaves_a_bomb');
  await run(bomb);
  const naps = await Promise.all(Array.from({ length: 3 }, () => submit('nap', { ms: 600 })));
  await run(...naps);

  const ended = await Promise.all(naps.map(outcome));
  expect(ended.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  expect(ended.map(({ result }) => result)).not.toContain((await outcome(bomb)).result);
}, 600_000);

test('processes are used again while they behave', async () => {
  const pids: unknown[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const id = await submit('pid');
    await run(id);
    pids.push((await outcome(id)).result);
  }

  expect(new Set(pids).size).toBeLessThan(5);
}, 600_000);

test('functions have progress, log, files and a database that they can’t write, and no credentials', async () => {
  const id = await submit('world');
  await run(id);

  expect(await outcome(id)).toMatchObject({
    status: 'SUCCESS',
    progress_text: null,
    result: {
      n: 41,
      date: true,
      written: expect.stringContaining('read-only') as unknown,
      size: fileBytes,
      bytes: fileBytes,
      missing: 'NotFoundError',
      secrets: [],
    },
  });
}, 600_000);

test.each([null, 'a\0b', '\ud800', { __proto__: 1, a: [1, { b: '\u2028' }] }, 'x'.repeat(300_000)])(
  'a result comes back as it was: %#',
  async (value) => {
    const id = await submit('echo', { value });
    await run(id);

    const { status, result, result_key, result_bytes } = await outcome(id);
    expect({ status, result_bytes }).toEqual({
      status: 'SUCCESS',
      result_bytes: Buffer.byteLength(JSON.stringify(value)),
    });
    if (result_key === null) expect(result).toEqual(value);
  },
  60_000,
);
