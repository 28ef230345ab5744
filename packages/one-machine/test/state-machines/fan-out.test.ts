import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TaskError } from '../../src/state-machines/errors.ts';
import type { Transition } from '../../src/state-machines/execution.ts';
import { useMachines } from './prepare.ts';
import { each, task } from './running.ts';

const { prepare } = useMachines();

describe('Map', () => {
  test('outputs keep the order of the items however long each takes', async () => {
    const invoke = async ({ arguments: ms }: { arguments: unknown }) => sleep(Number(ms), ms);
    const { run } = await prepare({ All: each({ One: task() }) }, { invoke });

    expect((await run([90, 10, 50, 0])).output).toEqual([90, 10, 50, 0]);
  });

  test('ItemSelector sees index and value; the iteration sees them too', async () => {
    const { run } = await prepare({
      All: each(
        {
          One: {
            Type: 'Pass',
            End: true,
            Output: { got: '{% $states.input %}', at: '{% $states.context.Map.Item.Index %}' },
          },
        },
        {
          Items: '{% $states.input.list %}',
          ItemSelector: { v: '{% $states.context.Map.Item.Value %}', all: '{% $count($states.input.list) %}' },
        },
      ),
    });

    expect((await run({ list: ['a', 'b'] })).output).toEqual([
      { got: { v: 'a', all: 2 }, at: 0 },
      { got: { v: 'b', all: 2 }, at: 1 },
    ]);
  });

  test('no more than MaxConcurrency iterations run at a time', async () => {
    let now = 0;
    let most = 0;
    const invoke = async () => {
      most = Math.max(most, ++now);
      await sleep(20);
      now -= 1;
    };
    const { run } = await prepare({ All: each({ One: task() }, { MaxConcurrency: '{% 3 %}' }) }, { invoke });
    await run([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

    expect(most).toBe(3);
  });

  test('no items make an empty result, and what is no array is an error', async () => {
    const { run } = await prepare({ All: each({ One: { Type: 'Succeed' } }) });

    expect(await run([])).toMatchObject({ status: 'SUCCEEDED', output: [] });
    expect(await run({ a: 1 })).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('variables of outer scopes can be read; those of an iteration stay in it', async () => {
    const { run } = await prepare({
      Outer: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'All' },
      All: each(
        {
          Set: { Type: 'Pass', Assign: { inner: '{% $outer & $states.input %}' }, Next: 'Get' },
          Get: { Type: 'Succeed', Output: '{% $inner %}' },
        },
        { Items: [1, 2], Next: 'After', End: undefined, Assign: { outer: '{% $states.result[1] %}' } },
      ),
      After: {
        Type: 'Pass',
        End: true,
        Output: { list: '{% $states.input %}', outer: '{% $outer %}', inner: '{% $exists($inner) %}' },
      },
    });

    expect((await run()).output).toEqual({ list: ['o1', 'o2'], outer: 'o2', inner: false });
  });

  test('Maps nest, and each context knows the innermost item', async () => {
    const { run } = await prepare({
      Rows: each({
        Cells: each({
          Cell: { Type: 'Pass', End: true, Output: '{% $states.context.Map.Item.Index & ":" & $states.input %}' },
        }),
      }),
    });

    expect((await run([['a', 'b'], ['c']])).output).toEqual([['0:a', '1:b'], ['0:c']]);
  });

  test('an error caught inside an iteration leaves the others alone', async () => {
    const invoke = async ({ arguments: n }: { arguments: unknown }) => {
      if (n === 2) throw new TaskError('Bad', 'two');
      return n;
    };
    const Catch = [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'Note' }];
    const { run } = await prepare({ All: each({ One: task({ Catch }), Note: { Type: 'Succeed' } }) }, { invoke });

    expect((await run([1, 2, 3])).output).toEqual([1, 'Bad', 3]);
  });

  test('an error that is not caught inside cuts the others off and is the error of the Map', async () => {
    const cut: unknown[] = [];
    const invoke = async ({ arguments: n, signal }: { arguments: unknown; signal: AbortSignal }) => {
      if (n === 2) throw new TaskError('Bad', 'two');
      signal.addEventListener('abort', () => cut.push(n));
      return sleep(10_000, n, { signal });
    };
    const Catch = [{ ErrorEquals: ['Bad'], Next: 'Caught' }];
    const { run } = await prepare({ All: each({ One: task() }, { Catch }), Caught: { Type: 'Succeed' } }, { invoke });

    expect((await run([1, 2, 3])).output).toEqual({ Error: 'Bad', Cause: 'two' });
    expect(cut).toEqual([1, 3]);
  });

  test('a retried Map runs all its items again', async () => {
    const seen: unknown[] = [];
    const invoke = async ({ arguments: n }: { arguments: unknown }) => {
      seen.push(n);
      if (seen.length === 2) throw new TaskError('Once', '');
      return n;
    };
    const Retry = [{ ErrorEquals: ['Once'] }];
    const { run } = await prepare({ All: each({ One: task() }, { Retry, MaxConcurrency: 1 }) }, { invoke });

    expect((await run([1, 2, 3])).output).toEqual([1, 2, 3]);
    expect(seen).toEqual([1, 2, 1, 2, 3]);
  });

  test('a Choice without a match inside is not caught outside', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const { run } = await prepare({
      All: each(
        { None: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] }, End: { Type: 'Succeed' } },
        { Catch },
      ),
      Caught: { Type: 'Succeed' },
    });

    expect(await run([1])).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});

describe('Parallel', () => {
  test('branches get the Arguments and give their outputs in order', async () => {
    const { run } = await prepare({
      Both: {
        Type: 'Parallel',
        Arguments: '{% $states.input.n %}',
        Branches: [
          {
            StartAt: 'Slow',
            States: { Slow: { Type: 'Wait', Seconds: 1, End: true, Output: '{% $states.input + 1 %}' } },
          },
          { StartAt: 'Fast', States: { Fast: { Type: 'Pass', End: true, Output: '{% $states.input * 10 %}' } } },
        ],
        Output: { sum: '{% $sum($states.result) %}', result: '{% $states.result %}' },
        End: true,
      },
    });

    expect((await run({ n: 4 })).output).toEqual({ sum: 45, result: [5, 40] });
  });

  test('a failing branch fails the state with its error', async () => {
    const { run } = await prepare({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 600, End: true } } },
          { StartAt: 'Broken', States: { Broken: { Type: 'Fail', Error: 'E', Cause: 'c' } } },
        ],
        Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Succeed' },
    });

    expect((await run()).output).toEqual({ Error: 'E', Cause: 'c' });
  });
});

test('transitions tell state, path and item as the work goes on', async () => {
  const { run, machines } = await prepare(
    {
      All: each(
        { One: task({ Retry: [{ ErrorEquals: ['Bad'], IntervalSeconds: 1 }] }) },
        { Items: ['x', 'y'], MaxConcurrency: 1 },
      ),
    },
    {
      invoke: (() => {
        let calls = 0;
        return async ({ arguments: item }) => {
          if (++calls === 2) throw new TaskError('Bad', 'why');
          return item;
        };
      })(),
    },
  );
  const told: Transition[] = [];
  machines.onTransition((transition) => void told.push(transition));
  await run();

  expect(told.map(({ kind, state, path, item, error, output }) => [kind, state, path, item, error ?? output])).toEqual([
    ['entered', 'All', [], undefined, undefined],
    ['entered', 'One', [0], 'x', undefined],
    ['exited', 'One', [0], 'x', 'x'],
    ['entered', 'One', [1], 'y', undefined],
    ['retried', 'One', [1], 'y', 'Bad'],
    ['exited', 'One', [1], 'y', 'y'],
    ['exited', 'All', [], undefined, ['x', 'y']],
    ['ended', undefined, [], undefined, ['x', 'y']],
  ]);
});

test('a wait tells until when', async () => {
  const { run, machines } = await prepare({ Rest: { Type: 'Wait', Seconds: 1, End: true } });
  const told: Transition[] = [];
  machines.onTransition((transition) => void told.push(transition));
  await run();

  expect(told.map(({ kind, state }) => [kind, state])).toEqual([
    ['entered', 'Rest'],
    ['waits', 'Rest'],
    ['exited', 'Rest'],
    ['ended', undefined],
  ]);
  const [entered, waits] = told;
  expect(waits?.until?.getTime()).toBeGreaterThanOrEqual((entered?.at.getTime() ?? Number.NaN) + 1000);
});
