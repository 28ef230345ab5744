import { describe, expect, test } from 'vitest';
import { useMachines } from './prepare.ts';
import { task } from './running.ts';

const { prepare } = useMachines();

describe('data', () => {
  test('output and variables see the values of entry; variables reach every later state', async () => {
    const { run } = await prepare({
      First: { Type: 'Pass', Assign: { x: 3, y: 6 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'Last' },
      Last: { Type: 'Succeed', Output: { x: '{% $x %}', y: '{% $y %}', swapped: '{% $states.input %}' } },
    });

    expect((await run()).output).toEqual({ x: 6, y: 3, swapped: 3 });
  });

  test('a task gets its Arguments, or the input, and gives its result', async () => {
    const seen: unknown[] = [];
    const invoke = async (asked: { arguments: unknown; resource: string; stateName: string }) => {
      seen.push([asked.stateName, asked.resource, asked.arguments]);
      return { Payload: seen.length, at: new Date(0), gone: undefined };
    };
    const states = {
      Whole: task({
        Next: 'Chosen',
        End: undefined,
        Output: { kept: '{% $states.input.a %}', result: '{% $states.result %}' },
      }),
      Chosen: task({ Arguments: { only: '{% $states.input.kept %}' } }),
    };
    const { run } = await prepare(states, { invoke });

    expect((await run({ a: 1 })).output).toEqual({ Payload: 2, at: '1970-01-01T00:00:00.000Z' });
    expect(seen).toEqual([
      ['Whole', 'arn:aws:states:::lambda:invoke', { a: 1 }],
      ['Chosen', 'arn:aws:states:::lambda:invoke', { only: 1 }],
    ]);
  });

  test('the context object knows execution, machine and state', async () => {
    const { run, machines } = await prepare({
      Tell: { Type: 'Pass', End: true, Output: '{% $states.context %}' },
    });
    const { executionArn, name, startDate, output } = await run({ a: [null, 'ü'] });

    expect(output).toEqual({
      Execution: {
        Id: executionArn,
        Name: name,
        Input: { a: [null, 'ü'] },
        StartTime: startDate.toISOString(),
        RoleArn: machines.machines[0]?.roleArn,
        RedriveCount: 0,
      },
      State: { Name: 'Tell', EnteredTime: expect.stringMatching(/^\d{4}-.*Z$/), RetryCount: 0 },
      StateMachine: { Id: machines.machines[0]?.arn, Name: 'Subject' },
    });
  });

  test('keys keep their order, and NUL and lone surrogates pass', async () => {
    const { run } = await prepare({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } });
    const input = { z: 'a\u0000b', a: '\ud800', m: null };

    expect(JSON.stringify((await run(input)).output)).toBe(JSON.stringify(input));
  });
});

describe('Choice', () => {
  const choice = (more: object) => ({
    Which: {
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.input.n > 10 %}',
          Assign: { size: 'big' },
          Output: '{% $states.input.n %}',
          Next: 'End',
        },
        { Condition: '{% $states.input.n > 5 %}', Next: 'End' },
      ],
      Assign: { size: 'small' },
      Output: '{% "default" %}',
      ...more,
    },
    End: { Type: 'Succeed', Output: { was: '{% $states.input %}', size: '{% $exists($size) ? $size : "unset" %}' } },
  });

  test.each([
    [11, { was: 11, size: 'big' }],
    [6, { was: { n: 6 }, size: 'unset' }],
    [1, { was: 'default', size: 'small' }],
  ])('n = %i', async (n, output) => {
    const { run } = await prepare(choice({ Default: 'End' }));

    expect((await run({ n })).output).toEqual(output);
  });

  test('without a match and a Default the execution fails with States.Runtime', async () => {
    const { run } = await prepare(choice({}));

    expect(await run({ n: 1 })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Which' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  test('a condition that is not a boolean is an evaluation error', async () => {
    const { run } = await prepare(choice({ Choices: [{ Condition: '{% 1 %}', Next: 'End' }] }));

    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('Wait', () => {
  test('waits for the seconds or until the time, evaluated or not', async () => {
    const { run } = await prepare({
      A: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'B' },
      B: { Type: 'Wait', Timestamp: '{% $states.input.past %}', Next: 'C' },
      C: { Type: 'Wait', Seconds: 0, End: true, Output: '{% "done" %}' },
    });
    const { output, startDate, stopDate } = await run({ seconds: 1, past: '2020-01-01T00:00:00Z' });

    expect(output).toBe('done');
    expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(1000);
  });

  test.each([[{ seconds: -1 }], [{ seconds: 1.5 }], [{ seconds: '1' }]])('%j seconds fail', async (input) => {
    const { run } = await prepare({ A: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', End: true } });

    expect(await run(input)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('a Timestamp that is no time fails', async () => {
    const { run } = await prepare({ A: { Type: 'Wait', Timestamp: '{% "tomorrow" %}', End: true } });

    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});
