import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { StateMachines } from '../../src/state-machines/state-machines.ts';
import { startStateMachines } from '../../src/state-machines/state-machines.ts';
import { useMachines } from './prepare.ts';
import { arn, task } from './running.ts';

const { prepare, pool, closeLater } = useMachines();

const start = ({ machines }: { machines: StateMachines }) => machines.start({ stateMachineArn: arn, input: {} });

test('a Wait ends at the time fixed on entry, not later for the restart', async () => {
  const states = { Pause: { Type: 'Wait', Seconds: 3600, End: true } };
  const first = await prepare(states);
  const { executionArn } = await start(first);
  const fixed = async () =>
    (
      await pool().query<{ seconds: number }>(
        `select extract(epoch from wake_at - entered_at)::float8 as seconds from local.frames where wake_at is not null`,
      )
    ).rows;
  await expect.poll(fixed).toEqual([{ seconds: expect.closeTo(3600, -2) }]);
  await first.machines.close();
  // An hour goes by.
  await pool().query('update local.frames set wake_at = now()');
  const second = await prepare(states);

  // A wait that began again would last another hour.
  expect(await second.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
});

test('the retries used before a restart stay used', async () => {
  let calls = 0;
  const invoke = async () => {
    calls += 1;
    throw new Error('always');
  };
  const states = { Do: task({ Retry: [{ ErrorEquals: ['States.TaskFailed'], BackoffRate: 1, MaxAttempts: 2 }] }) };
  const first = await prepare(states, { invoke });
  const { executionArn } = await start(first);
  await expect.poll(() => calls).toBe(1);
  await sleep(200);
  await first.machines.close();
  const second = await prepare(states, { invoke });

  expect(await second.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
  expect(calls).toBe(3);
});

test('finished iterations are not run again, and what the Map was told is not evaluated again', async () => {
  const seen: string[] = [];
  const hanging = async ({ arguments: item }: { arguments: unknown }) => {
    seen.push(String(item));
    if (seen.length > 2) await new Promise(() => {});
    return item;
  };
  const states = {
    All: {
      Type: 'Map',
      Items: "{% $map($range(1, 4, 1), function($n) { $n & ':' & $uuid() }) %}",
      MaxConcurrency: 1,
      ItemProcessor: {
        StartAt: 'One',
        States: { One: task({ Assign: { x: 1 }, Next: 'Two', End: undefined }), Two: { Type: 'Succeed' } },
      },
      End: true,
    },
  };
  const first = await prepare(states, { invoke: hanging });
  const { executionArn } = await start(first);
  await expect.poll(() => seen.length).toBe(3);
  await first.machines.close();
  const again: string[] = [];
  const second = await prepare(states, {
    invoke: async ({ arguments: item }) => {
      again.push(String(item));
      return item;
    },
  });
  const { output } = await second.ended(executionArn);

  expect(again).toHaveLength(2);
  expect(again[0]).toBe(seen[2]);
  expect(output).toEqual([...seen.slice(0, 2), ...again]);
});

test('an execution goes on with the definition it was started with', async () => {
  const states = (output: string) => ({
    Pause: { Type: 'Wait', Seconds: 1, Next: 'Say' },
    Say: { Type: 'Pass', Output: { said: output }, End: true },
  });
  const first = await prepare(states('old'));
  const { executionArn } = await start(first);
  await first.machines.close();
  const second = await prepare(states('new'));

  expect((await second.ended(executionArn)).output).toEqual({ said: 'old' });
  expect((await second.run()).output).toEqual({ said: 'new' });
});

test('an execution goes on although its machine is no longer there', async () => {
  const first = await prepare({ Pause: { Type: 'Wait', Seconds: 1, End: true } });
  const { executionArn } = await start(first);
  await first.machines.close();
  const machines = await startStateMachines({ pool: pool(), machines: [], invoke: async () => null });
  closeLater(machines);

  await expect.poll(async () => (await machines.describe(executionArn)).status, { timeout: 600_000 }).toBe('SUCCEEDED');
});

test('a machine’s TimeoutSeconds goes on counting while nothing runs', async () => {
  const states = { Pause: { Type: 'Wait', Seconds: 600, End: true } };
  const first = await prepare(states, { top: { TimeoutSeconds: 1 } });
  const { executionArn } = await start(first);
  await first.machines.close();
  await sleep(1100);
  const second = await prepare(states);

  expect(await second.ended(executionArn)).toMatchObject({ status: 'TIMED_OUT' });
});

test('a runtime that was taken for dead writes nothing more', async () => {
  const errors: unknown[] = [];
  let release = () => {};
  const calls: string[] = [];
  const definition = { QueryLanguage: 'JSONata', StartAt: 'Do', States: { Do: task() } };
  const old = await startStateMachines({
    pool: pool(),
    machines: [{ arn, name: 'Subject', definition }],
    invoke: () =>
      new Promise((resolve) => {
        calls.push('old');
        release = () => resolve('old');
      }),
    onError: (error) => void errors.push(error),
  });
  closeLater(old);
  const { executionArn } = await old.start({ stateMachineArn: arn });
  await expect.poll(() => calls).toEqual(['old']);
  const successor = await prepare({ Do: task() }, { invoke: async () => sleep(500, 'new') });
  release();

  expect((await successor.ended(executionArn)).output).toBe('new');
  expect(errors).toEqual([expect.objectContaining({ name: 'OwnershipLost' })]);
});

test('a close in the middle of much work leaves nothing that writes', async () => {
  const states = {
    All: {
      Type: 'Map',
      Items: '{% $range(1, 40, 1) %}',
      ItemProcessor: { StartAt: 'One', States: { One: task({ Next: 'Two', End: undefined }), Two: task() } },
      End: true,
    },
  };
  const invoke = async () => sleep(Math.random() * 20, 1);
  const first = await prepare(states, { invoke });
  const { executionArn } = await start(first);
  await sleep(30);
  await first.machines.close();
  const count = async () => (await pool().query('select count(*) from local.events')).rows[0].count;
  const after = await count();
  await sleep(200);

  expect(await count()).toBe(after);
  const second = await prepare(states, { invoke });
  expect((await second.ended(executionArn)).output).toEqual(new Array(40).fill(1));
});
