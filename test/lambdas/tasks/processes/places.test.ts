import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBatch } from '../../../../lambdas/tasks/worker/run-batch.ts';
import { startWorkerGround, type WorkerGround } from './worker-ground.ts';

let ground: WorkerGround;

beforeAll(async () => {
  ground = await startWorkerGround();
}, 180_000);

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
}, 120_000);

test('long tasks take no place of short ones, nor short ones theirs', async () => {
  const long = await ground.submit('long_nap', { ms: 1 });
  const held = await ground.submit('nap', { ms: 1500 });
  await runBatch([held], ground.ports, { lane: 'short', seconds: 285 });

  expect(await ground.outcome(held)).toMatchObject({ status: 'SUCCESS' });
  expect(await ground.outcome(long)).toMatchObject({ status: 'PENDING' });
  await runBatch([long], ground.ports, { lane: 'long', seconds: 880 });
  expect(await ground.outcome(long)).toMatchObject({ status: 'SUCCESS' });
}, 120_000);

test('what a shift is too short for is handed over, and goes on from its checkpoint', async () => {
  const id = await ground.submit('long_nap', { ms: 600_000 });
  await runBatch([id], ground.ports, { lane: 'long', seconds: 4 });

  expect(await ground.outcome(id)).toMatchObject({ status: 'STARTED' });
  expect(ground.sent).toContainEqual(expect.objectContaining({ id, name: 'test:long_nap', host: 'worker' }));

  await runBatch([id], ground.ports, { lane: 'long', seconds: 880 });
  expect(await ground.outcome(id)).toMatchObject({ status: 'SUCCESS', result: { napped: 600_000 } });
}, 120_000);

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
}, 120_000);
