import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { begin } from '../../../../lambdas/tasks/worker/attempt.ts';
import { runBatch } from '../../../../lambdas/tasks/worker/run-batch.ts';
import { writer } from '../../../../lambdas/tasks/worker/write-ends.ts';
import { startWorkerGround, type WorkerGround } from './worker-ground.ts';

let ground: WorkerGround;

beforeAll(async () => {
  ground = await startWorkerGround();
}, 600_000);

afterAll(() => ground?.stop());

test('while one of a batch works on, the places of the others are for those that wait', async () => {
  const others = 25;
  // Nobody has a message of these: what waits is in the table.
  const waiting = await Promise.all(Array.from({ length: others }, (_, value) => ground.submit('echo', { value })));
  const held = await ground.submit('until_others_end', { others });
  await runBatch([held], ground.ports, { lane: 'short', seconds: 285 });

  expect(await ground.outcome(held)).toMatchObject({ status: 'SUCCESS' });
  const ended = await Promise.all(waiting.map((id) => ground.outcome(id)));
  expect(ended.map(({ result }) => result)).toEqual(waiting.map((_, value) => value));
}, 600_000);

test('long tasks take no place of short ones, nor short ones theirs', async () => {
  const long = await ground.submit('long_nap', { ms: 1 });
  const held = await ground.submit('nap', { ms: 1500 });
  await runBatch([held], ground.ports, { lane: 'short', seconds: 285 });

  expect(await ground.outcome(held)).toMatchObject({ status: 'SUCCESS' });
  expect(await ground.outcome(long)).toMatchObject({ status: 'PENDING' });
  await runBatch([long], ground.ports, { lane: 'long', seconds: 880 });
  expect(await ground.outcome(long)).toMatchObject({ status: 'SUCCESS' });
}, 600_000);

test('what a shift is too short for is handed over, and goes on from its checkpoint', async () => {
  const id = await ground.submit('long_nap', { ms: 600_000 });
  await runBatch([id], ground.ports, { lane: 'long', seconds: 4 });

  expect(await ground.outcome(id)).toMatchObject({ status: 'STARTED' });
  expect(ground.sent).toContainEqual(expect.objectContaining({ id, name: 'test:long_nap', host: 'worker' }));

  await runBatch([id], ground.ports, { lane: 'long', seconds: 880 });
  expect(await ground.outcome(id)).toMatchObject({ status: 'SUCCESS', result: { napped: 600_000 } });
}, 600_000);

test('an end that the database refuses stops no other', async () => {
  const ids = await Promise.all([1, 2, 3].map((value) => ground.submit('echo', { value })));
  const [, refused] = ids;
  const { leases } = ground.ports;
  const finish: typeof leases.finish = async (ended, failures) => {
    const bad = ended.some(({ task, ending }) => task.id === refused && ending.status === 'SUCCESS');
    if (bad) throw new Error('unsupported Unicode escape sequence');
    return leases.finish(ended, failures);
  };
  await runBatch(ids, { ...ground.ports, leases: { ...leases, finish } }, { lane: 'short', seconds: 285 });

  const ended = await Promise.all(ids.map((id) => ground.outcome(id)));
  expect(ended.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILURE', 'SUCCESS']);
  expect(ended[1]?.traceback).toContain('refused the end of test:echo: unsupported Unicode escape sequence');
}, 600_000);

test('ends that come soon after one another are one statement, and wait for none that goes on', async () => {
  const { leases } = ground.ports;
  const ids = await Promise.all([1, 2, 3, 4].map((value) => ground.submit('echo', { value })));
  const leased = new Map((await leases.claim(ids, 30)).map((task) => [task.id, task]));
  const together: number[] = [];
  const finish: typeof leases.finish = async (ended, failures) => {
    together.push(ended.length);
    return leases.finish(ended, failures);
  };
  let running = 4;
  const write = writer({ ...ground.ports, leases: { ...leases, finish } }, () => running);
  const end = async (id = '') => {
    const task = leased.get(id);
    if (!task) throw new Error(`${id} was not claimed`);
    await write({ task, ending: { status: 'SUCCESS', result: '1', resultBytes: 1 }, workedMs: 1 });
    running -= 1;
  };
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const first = end(ids[0]);
    await turn();
    await turn();
    const second = end(ids[1]);
    // Two look for others, and the third finds that no more have ended.
    await vi.advanceTimersByTimeAsync(2);
    await vi.advanceTimersByTimeAsync(2);
    vi.useRealTimers();
    await Promise.all([first, second]);
    await end(ids[2]);
    await end(ids[3]);
  } finally {
    vi.useRealTimers();
  }
  expect(together).toEqual([2, 1, 1]);
  expect((await Promise.all(ids.map((id) => ground.outcome(id)))).map(({ status }) => status)).toEqual(
    ids.map(() => 'SUCCESS'),
  );
}, 600_000);

test('a turn is shared where another waits for one, and only there', async () => {
  const { leases } = ground.ports;
  const long = await ground.submit('long_nap', { ms: 1 }, 'steps');
  const asOfNow = async (id: string) => {
    const [task] = await leases.claim([id], 30);
    if (!task) throw new Error('The task could not be begun.');
    return begin(task, ground.ports, { turnMs: 600_000, shareMs: 0 }).ended;
  };
  const other = await ground.submit('long_nap', { ms: 1 }, 'steps');
  await ground.database.admin.query
    .getExecutor()
    .executeQuery(
      CompiledQuery.raw("UPDATE tasks.tasks SET due_at = now() - interval '1 minute' WHERE id = $1", [other]),
    );

  expect(await asOfNow(long)).toMatchObject({ paused: 'turn-over' });
  expect(await asOfNow(other)).toMatchObject({ ending: { status: 'SUCCESS' } });
}, 600_000);

test('what a step is given and JSON can’t hold is its task’s failure, and says so', async () => {
  const id = await ground.submit('gives_a_big_integer', {}, 'steps');
  const [task] = await ground.ports.leases.claim([id], 30);
  if (!task) throw new Error('The task could not be begun.');

  const turn = await begin(task, ground.ports, { turnMs: 600_000, shareMs: 0 }).ended;
  expect(turn).toMatchObject({ ending: { status: 'FAILURE' } });
  expect((turn as { ending: { error: Error } }).ending.error.message).toMatch(/What the step is given .*BigInt/);
}, 600_000);

test.each([
  ['a file that is not there', 'opens_none', 'NotFoundError', "file:none doesn't exist."],
  ['what arguments ask for and can’t be done', 'is_asked_wrongly', 'ArgumentError', 'The file is no text.'],
])(
  '%s is its task’s failure, tried once, and none of the ledger’s',
  async (_what, name, error, message) => {
    const id = await ground.submit(name);
    await runBatch([id], ground.ports, { lane: 'short', seconds: 285 });

    expect(await ground.outcome(id)).toMatchObject({
      status: 'FAILURE',
      error,
      traceback: `${error}: ${message}`,
    });
    const ledger = 'SELECT id FROM platform.failures WHERE natural_key = $1';
    expect(await ground.ports.read(ledger, [`task:${id}`])).toEqual([]);
  },
  600_000,
);
