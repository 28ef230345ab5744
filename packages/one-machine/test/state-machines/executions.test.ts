import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RequestError } from '../../src/state-machines/errors.ts';
import { useMachines } from './prepare.ts';
import { arn, task } from './running.ts';

const { prepare, pool } = useMachines();

const waiting = (Seconds: number) => ({ Pause: { Type: 'Wait', Seconds, End: true } });
const code = (expected: string) => expect.objectContaining({ name: 'RequestError', code: expected });

describe('names', () => {
  test('the same name and input while it runs are one execution', async () => {
    const { machines } = await prepare(waiting(60));
    const request = { stateMachineArn: arn, name: 'publication-2022-09-11', input: { a: 1 } };
    const starts = await Promise.all(Array.from({ length: 8 }, () => machines.start(request)));

    expect(new Set(starts.map(({ executionArn }) => executionArn)).size).toBe(1);
    expect(new Set(starts.map(({ startDate }) => startDate.getTime())).size).toBe(1);
    expect(starts[0]?.executionArn).toBe(
      'arn:aws:states:eu-central-1:123456789012:execution:Subject:publication-2022-09-11',
    );
    expect((await machines.list()).executions).toHaveLength(1);
  });

  test('another input, or an ended execution, is ExecutionAlreadyExists', async () => {
    const { machines } = await prepare(waiting(60));
    const { executionArn } = await machines.start({ stateMachineArn: arn, name: 'one', input: { a: 1 } });

    await expect(machines.start({ stateMachineArn: arn, name: 'one', input: { a: 2 } })).rejects.toEqual(
      code('ExecutionAlreadyExists'),
    );
    await machines.stop(executionArn);
    await expect(machines.start({ stateMachineArn: arn, name: 'one', input: { a: 1 } })).rejects.toEqual(
      code('ExecutionAlreadyExists'),
    );
  });

  test.each(['', 'a b', 'a/b', 'a:b', 'a*', 'x'.repeat(81), 'tab\t'])('%j is an InvalidName', async (name) => {
    const { machines } = await prepare(waiting(0));

    await expect(machines.start({ stateMachineArn: arn, name })).rejects.toEqual(code('InvalidName'));
  });

  test('without a name each start is an execution of its own', async () => {
    const { machines } = await prepare(waiting(0));
    const one = await machines.start({ stateMachineArn: arn });
    const other = await machines.start({ stateMachineArn: arn });

    expect(one.executionArn).not.toBe(other.executionArn);
  });
});

test('an unknown machine or execution and an input above 256 KiB are refused', async () => {
  const { machines } = await prepare(waiting(0));
  const input = 'x'.repeat(262_144);

  await expect(machines.start({ stateMachineArn: `${arn}2` })).rejects.toEqual(code('StateMachineDoesNotExist'));
  await expect(machines.describe(`${arn}:none`)).rejects.toBeInstanceOf(RequestError);
  await expect(machines.start({ stateMachineArn: arn, input })).rejects.toEqual(code('ValidationException'));
});

describe('ends', () => {
  test('a stop is ABORTED with its reason, aborts the task and is told', async () => {
    let aborted = false;
    const { machines, ended } = await prepare(
      { Do: task() },
      {
        invoke: ({ signal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              aborted = true;
            });
          }),
      },
    );
    const { executionArn } = await machines.start({ stateMachineArn: arn });
    await sleep(100);
    const stopDate = await machines.stop(executionArn, { error: 'Enough', cause: 'asked for' });

    expect(await ended(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'asked for',
      stopDate,
    });
    expect(aborted).toBe(true);
    expect(await machines.stop(executionArn)).toEqual(stopDate);
  });

  test('a machine that takes longer than its TimeoutSeconds is TIMED_OUT', async () => {
    const { run } = await prepare(waiting(60), { top: { TimeoutSeconds: 1 } });

    expect(await run()).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('an end is told until every listener has taken it', async () => {
    const errors: unknown[] = [];
    const first = await prepare(waiting(0), { onError: (error) => void errors.push(error) });
    const { executionArn } = await first.machines.start({ stateMachineArn: arn, name: 'told' });
    const refused: unknown[] = [];
    first.machines.onEnded(async ({ name }) => {
      refused.push(name);
      throw new Error('not now');
    });
    await expect.poll(() => refused.length).toBeGreaterThan(0);
    await first.machines.close();
    expect(errors).toContainEqual(new Error('not now'));

    const second = await prepare(waiting(0));
    const taken: unknown[] = [];
    second.machines.onEnded(({ name, status }) => void taken.push([name, status]));
    await expect.poll(() => taken).toEqual([['told', 'SUCCEEDED']]);
    await second.machines.close();

    const third = await prepare(waiting(0));
    third.machines.onEnded(({ name }) => void taken.push(name));
    await third.run();
    // An execution has ended before its end is told.
    await expect.poll(() => taken).toHaveLength(2);
    expect(taken[1]).not.toBe('told');
    expect(executionArn).toContain('told');
  });
});

test('the history is AWS’s, in order and in pages', async () => {
  const { run, machines } = await prepare(
    {
      Do: task({ Next: 'Which', End: undefined }),
      Which: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'End' }], Default: 'End' },
      End: { Type: 'Succeed' },
    },
    { invoke: async () => ({ ok: 1 }) },
  );
  const { executionArn } = await run({ in: 1 });
  const history = await machines.history(executionArn);

  expect(history.map(({ id, previous, type }) => [id, previous, type])).toEqual([
    [1, 0, 'ExecutionStarted'],
    [2, 0, 'TaskStateEntered'],
    [3, 2, 'TaskScheduled'],
    [4, 3, 'TaskStarted'],
    [5, 4, 'TaskSucceeded'],
    [6, 5, 'TaskStateExited'],
    [7, 6, 'ChoiceStateEntered'],
    [8, 7, 'ChoiceStateExited'],
    [9, 8, 'SucceedStateEntered'],
    [10, 9, 'SucceedStateExited'],
    [11, 10, 'ExecutionSucceeded'],
  ]);
  expect(history[4]?.details).toEqual({
    resourceType: 'lambda',
    resource: 'invoke',
    output: '{"ok":1}',
    outputDetails: { truncated: false },
  });
  expect((await machines.history(executionArn, { limit: 2, beyond: 3 })).map(({ id }) => id)).toEqual([4, 5]);
  expect((await machines.history(executionArn, { limit: 2, beyond: 3, reverse: true })).map(({ id }) => id)).toEqual([
    2, 1,
  ]);
});

test('a connection cut in the middle is waited out', async () => {
  let calls = 0;
  const { run } = await prepare(
    { Do: task({ Next: 'Again', End: undefined }), Again: task() },
    {
      invoke: async () => {
        calls += 1;
        await pool().query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
        return calls;
      },
    },
  );

  expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: 2 });
  expect(calls).toBe(2);
});
