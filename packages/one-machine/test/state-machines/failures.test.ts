import { describe, expect, test, vi } from 'vitest';
import { TaskError } from '../../src/state-machines/errors.ts';
import { useMachines } from './prepare.ts';
import { task } from './running.ts';

const { prepare } = useMachines();

/** Fails with each of the given names in turn, then answers what it was asked. */
function failing(...names: string[]) {
  const left = [...names];
  return async (asked: { arguments: unknown }) => {
    const name = left.shift();
    if (name !== undefined) throw new TaskError(name, `${name} happened`);
    return asked.arguments;
  };
}

const fast = { IntervalSeconds: 1, MaxDelaySeconds: 1, BackoffRate: 1 };

describe('Fail and uncaught errors', () => {
  test('Fail ends the execution with its Error and Cause', async () => {
    const { run } = await prepare({ Sorry: { Type: 'Fail', Error: '{% "E" & $states.input.n %}', Cause: 'because' } });

    expect(await run({ n: 1 })).toMatchObject({ status: 'FAILED', error: 'E1', cause: 'because' });
  });

  test.each([
    ['a TaskError by its name', failing('Custom'), { error: 'Custom', cause: 'Custom happened' }],
    [
      'any other error as States.TaskFailed',
      () => {
        throw new RangeError('odd');
      },
      { error: 'States.TaskFailed', cause: 'odd' },
    ],
  ])('%s', async (_, invoke, expected) => {
    const { run } = await prepare({ Do: task() }, { invoke });

    expect(await run()).toMatchObject({ status: 'FAILED', ...expected });
  });
});

describe('Retry', () => {
  test('retries count per Retrier and start anew in the next state', async () => {
    const retriers = [
      { ErrorEquals: ['A', 'B'], MaxAttempts: 2, ...fast },
      { ErrorEquals: ['C'], MaxAttempts: 1, ...fast },
    ];
    const { run } = await prepare(
      {
        First: task({
          Retry: retriers,
          Next: 'Second',
          End: undefined,
          Output: '{% $states.context.State.RetryCount %}',
        }),
        Second: task({ Retry: retriers }),
      },
      { invoke: failing('A', 'C', 'B') },
    );

    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: 3 });
  });

  test('the error that passes MaxAttempts goes to Catch', async () => {
    const { run } = await prepare(
      {
        Do: task({
          Retry: [
            { ErrorEquals: ['A'], MaxAttempts: 1, ...fast },
            { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
          ],
          Catch: [
            {
              ErrorEquals: ['A'],
              Assign: { seen: '{% $states.errorOutput.Error %}' },
              Output: '{% [$states.input, $states.errorOutput] %}',
              Next: 'Caught',
            },
          ],
          Assign: { never: true },
        }),
        Caught: {
          Type: 'Pass',
          End: true,
          Output: { seen: '{% $seen %}', input: '{% $states.input %}', never: '{% $exists($never) %}' },
        },
      },
      { invoke: failing('A', 'A') },
    );

    expect((await run({ n: 1 })).output).toEqual({
      seen: 'A',
      input: [{ n: 1 }, { Error: 'A', Cause: 'A happened' }],
      never: false,
    });
  });

  test('pauses grow by BackoffRate up to MaxDelaySeconds', async () => {
    const at: number[] = [];
    const invoke = async () => {
      at.push(Date.now());
      throw new TaskError('A', '');
    };
    const Retry = [{ ErrorEquals: ['A'], IntervalSeconds: 1, BackoffRate: 100, MaxDelaySeconds: 2, MaxAttempts: 2 }];
    const { run } = await prepare({ Do: task({ Retry }) }, { invoke });
    await run();
    const pauses = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 100) / 10);

    expect(pauses[0]).toBeGreaterThanOrEqual(1);
    // It would be a hundred.
    expect(pauses[1]).toBeGreaterThanOrEqual(2);
    expect(pauses[1]).toBeLessThan(60);
  });

  test('full jitter pauses for a part of it', async () => {
    const Retry = [
      { ErrorEquals: ['A'], IntervalSeconds: 1000, BackoffRate: 1, JitterStrategy: 'FULL', MaxAttempts: 3 },
    ];
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.0002);
    const { run } = await prepare({ Do: task({ Retry }) }, { invoke: failing('A', 'A', 'A') });
    const { status, startDate, stopDate } = await run();
    random.mockRestore();

    expect(status).toBe('SUCCEEDED');
    // Three of 0.2 s, where the whole of each would be a quarter of an hour.
    expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(600);
  });

  test('an evaluation error after the task is retried and caught like any other', async () => {
    let calls = 0;
    const invoke = async () => (++calls === 1 ? {} : { a: 1 });
    const Retry = [{ ErrorEquals: ['States.QueryEvaluationError'], ...fast }];
    const { run } = await prepare({ Do: task({ Retry, Output: '{% $states.result.a %}' }) }, { invoke });

    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: 1 });
    expect(calls).toBe(2);
  });
});

describe('wildcards', () => {
  const caughtBy = (name: string) => ({
    Do: task({ Catch: [{ ErrorEquals: [name], Next: 'Caught' }], TimeoutSeconds: 1 }),
    Caught: { Type: 'Pass', End: true, Output: '{% "caught" %}' },
  });

  test.each([
    ['States.ALL', 'Custom', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.TaskFailed', 'Custom', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.Runtime', false],
    ['Custom', 'custom', false],
  ])('%s catches %s: %s', async (wanted, thrown, caught) => {
    const { run } = await prepare(caughtBy(wanted), { invoke: failing(thrown) });

    expect(await run()).toMatchObject(
      caught ? { status: 'SUCCEEDED', output: 'caught' } : { status: 'FAILED', error: thrown },
    );
  });

  test('a task that takes longer than TimeoutSeconds is told so and fails with States.Timeout', async () => {
    let told: unknown;
    const invoke = ({ signal }: { signal: AbortSignal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          told = signal.reason;
        });
      });
    const { run } = await prepare(caughtBy('States.Timeout'), { invoke });

    expect(await run()).toMatchObject({ output: 'caught' });
    expect(told).toMatchObject({ errorName: 'States.Timeout' });
  });
});

describe('limits', () => {
  const large = 'x'.repeat(300_000);

  test.each([
    ['a task result', { Do: task() }],
    [
      'an output',
      {
        Do: {
          Type: 'Pass',
          End: true,
          Output: "{% $join($map($range(1, 600, 1), function() { $pad('', 500, 'x') })) %}",
        },
      },
    ],
    [
      'an Assign',
      { Do: { Type: 'Pass', Next: 'B', Assign: { a: "{% $pad('', 262145, 'x') %}" } }, B: { Type: 'Succeed' } },
    ],
  ])('%s above 256 KiB is States.DataLimitExceeded', async (_, states) => {
    const { run } = await prepare(states, { invoke: async () => large });

    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('a payload of exactly 256 KiB passes', async () => {
    const exact = 'x'.repeat(262_144 - 2);
    const { run } = await prepare({ Do: task() }, { invoke: async () => exact });

    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: exact });
  });

  test('the execution fails when its history reaches 25,000 events, whoever would catch it', async () => {
    const map = (Items: string, inner: object) => ({
      Type: 'Map',
      Items,
      End: true,
      ItemProcessor: { StartAt: Object.keys(inner)[0], States: inner },
    });
    const inner = { ...map('{% $range(1, 1000, 1) %}', { Each: { Type: 'Succeed', Output: {} } }) };
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const { run, machines } = await prepare({
      Tens: { ...map('{% $range(1, 10, 1) %}', { Thousands: inner }), Catch },
      Caught: { Type: 'Succeed' },
    });
    const { executionArn, ...description } = await run();

    expect(description).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining('The execution reached the maximum number of history events (25000).'),
    });
    expect((await machines.history(executionArn, { reverse: true, limit: 1 }))[0]).toMatchObject({
      id: 25_000,
      type: 'ExecutionFailed',
    });
  });
});
