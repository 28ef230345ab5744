import { describe, expect, test } from 'vitest';
import { TaskError } from '../../src/state-machines/errors.ts';
import type { HistoryEvent } from '../../src/state-machines/execution.ts';
import { useMachines } from './prepare.ts';
import { each, task } from './running.ts';

// The order and the words are those of executions that AWS recorded: see the table of conformance in the README.

const { prepare } = useMachines();

async function historyOf(states: object, input: unknown, more: Parameters<typeof prepare>[1] = {}) {
  const { run, machines } = await prepare(states, more);
  const { executionArn, ...described } = await run(input);
  return { described, events: await machines.history(executionArn) };
}

const chain = (events: readonly HistoryEvent[]) => events.map(({ previous, type }) => `${previous} ${type}`);
const last = (events: readonly HistoryEvent[], type: string) => events.findLast((event) => event.type === type);

const pass = { Type: 'Pass', End: true };

describe('what an event follows', () => {
  test('the first state follows nothing', async () => {
    const { events } = await historyOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } }, {});

    expect(chain(events)).toEqual([
      '0 ExecutionStarted',
      '0 PassStateEntered',
      '2 PassStateExited',
      '3 SucceedStateEntered',
      '4 SucceedStateExited',
      '5 ExecutionSucceeded',
    ]);
  });

  test('an iteration follows the last state inside the one whose place it takes', async () => {
    const { events } = await historyOf({ All: each({ One: pass }, { MaxConcurrency: 1 }) }, ['a', 'b']);

    expect(chain(events)).toEqual([
      '0 ExecutionStarted',
      '0 MapStateEntered',
      '2 MapStateStarted',
      '3 MapIterationStarted',
      '4 PassStateEntered',
      '5 PassStateExited',
      '6 MapIterationSucceeded',
      '6 MapIterationStarted',
      '8 PassStateEntered',
      '9 PassStateExited',
      '10 MapIterationSucceeded',
      '11 MapStateSucceeded',
      '11 MapStateExited',
      '13 ExecutionSucceeded',
    ]);
  });

  test('a Map without items goes on from its start', async () => {
    const { events } = await historyOf({ All: each({ One: pass }) }, []);

    expect(chain(events).slice(2)).toEqual([
      '2 MapStateStarted',
      '3 MapStateSucceeded',
      '3 MapStateExited',
      '5 ExecutionSucceeded',
    ]);
  });

  test('a failed iteration leads to the failed Map and to the end', async () => {
    const invoke = async () => {
      throw new TaskError('Bad', 'why');
    };
    const { events } = await historyOf({ All: each({ One: task() }) }, [1], { invoke });

    expect(chain(events).slice(-4)).toEqual([
      '7 TaskFailed',
      '8 MapIterationFailed',
      '9 MapStateFailed',
      '10 ExecutionFailed',
    ]);
    expect(last(events, 'MapStateFailed')?.details).toBeUndefined();
  });

  test('branches follow the start of their Parallel, and its end the last of them', async () => {
    const Branches = ['L', 'R'].map((name) => ({ StartAt: name, States: { [name]: pass } }));
    const { events } = await historyOf({ Both: { Type: 'Parallel', Branches, End: true } }, {});
    const ids = (type: string) => events.flatMap((event) => (event.type === type ? [event.id] : []));

    expect(events.filter(({ type }) => type === 'PassStateEntered').map(({ previous }) => previous)).toEqual([3, 3]);
    expect(ids('PassStateExited')).toContain(last(events, 'ParallelStateSucceeded')?.previous);
    expect(last(events, 'ParallelStateExited')?.previous).toBe(last(events, 'ParallelStateSucceeded')?.previous);
  });
});

describe('an expression without a value', () => {
  const occurred = (state: string, id: number) =>
    `An error occurred while executing the state '${state}' (entered at the event id #${id}). `;

  test.each<[string, object, unknown, { previous: number; location?: string; cause: string }]>([
    [
      'of an Output',
      { A: { Type: 'Pass', Next: 'B' }, B: { ...pass, Output: { sum: ['{% $absent %}'] } } },
      {},
      {
        previous: 3,
        location: 'Output/sum[0]',
        cause: `${occurred('B', 4)}The JSONata expression '$absent' specified for the field 'Output/sum[0]' returned nothing (undefined).`,
      },
    ],
    [
      'of Arguments',
      { A: task({ Arguments: '{% $absent %}' }) },
      {},
      {
        previous: 0,
        location: 'Arguments',
        cause: `${occurred('A', 2)}The JSONata expression '$absent' specified for the field 'Arguments' returned nothing (undefined).`,
      },
    ],
    [
      'of Items',
      { A: each({ One: pass }, { Items: "{% {'a': 1} %}" }) },
      {},
      {
        previous: 0,
        location: 'Items',
        cause: `${occurred('A', 2)}The JSONata expression '{'a': 1}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'object' for value: {"a":1}`,
      },
    ],
    [
      'of a Condition',
      { A: { Type: 'Choice', Choices: [{ Condition: '{% null %}', Next: 'B' }], Default: 'B' }, B: pass },
      {},
      {
        previous: 0,
        location: 'Choices[0]/Condition',
        cause: `${occurred('A', 2)}The JSONata expression 'null' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'null' for value: null`,
      },
    ],
    [
      'of a time to wait for, after the entering',
      { A: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } },
      '2026-11-30T25:00:00Z',
      {
        previous: 2,
        location: 'Timestamp',
        cause: `${occurred('A', 2)}The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2026-11-30T25:00:00Z`,
      },
    ],
  ])('%s', async (_, states, input, { previous, location, cause }) => {
    const { events, described } = await historyOf(states, input);
    const failed = last(events, 'EvaluationFailed');

    expect(failed).toMatchObject({ previous, details: { error: 'States.QueryEvaluationError', cause, location } });
    expect(described).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
    // A Map tells its own failure in between.
    expect(events.at(-1)?.previous).toBe(events.at(-2)?.id);
  });

  test('an input that no Map can take has no field', async () => {
    const { events } = await historyOf({ A: each({ One: pass }) }, 'text');

    expect(last(events, 'EvaluationFailed')?.details).toEqual({
      error: 'States.QueryEvaluationError',
      cause: `${occurred('A', 2)}Map state input must be an array but was: "text"`,
      state: 'A',
    });
    expect(chain(events).slice(2)).toEqual(['0 EvaluationFailed', '3 MapStateFailed', '4 ExecutionFailed']);
  });

  test('inside a Map is told of once, by the state that has it', async () => {
    const { events } = await historyOf({ All: each({ One: { ...pass, Output: '{% $absent %}' } }) }, [1]);
    const told = events.filter(({ type }) => type === 'EvaluationFailed');

    expect(told.map(({ details }) => details?.state)).toEqual(['One']);
  });

  test('of a Map’s own Output, and of a Catcher, is told of, too', async () => {
    const output = await historyOf({ All: each({ One: pass }, { Output: '{% $absent %}' }) }, [1]);
    const Catch = [{ ErrorEquals: ['States.ALL'], Output: '{% $absent %}', Next: 'B' }];
    const caught = await historyOf({ A: task({ Catch }), B: pass }, {});

    expect(last(output.events, 'EvaluationFailed')?.details).toMatchObject({ state: 'All', location: 'Output' });
    expect(last(caught.events, 'EvaluationFailed')?.details).toMatchObject({ state: 'A', location: 'Catch[0]/Output' });
  });
});

test('a Fail state without Error or Cause has none', async () => {
  const { events, described } = await historyOf({ No: { Type: 'Fail', Cause: 'because' } }, {});

  expect(events.at(-1)?.details).toEqual({ cause: 'because' });
  expect(described).not.toHaveProperty('error');
});

test('a function named by its ARN has events of its own', async () => {
  const Resource = 'arn:aws:lambda:eu-central-1:123456789012:function:count';
  const { events } = await historyOf({ A: task({ Resource }) }, { n: 1 }, { invoke: async () => 2 });

  expect(events.slice(2, 5).map(({ type, details }) => [type, details])).toEqual([
    ['LambdaFunctionScheduled', { resource: Resource, input: '{"n":1}', inputDetails: { truncated: false } }],
    ['LambdaFunctionStarted', undefined],
    ['LambdaFunctionSucceeded', { output: '2', outputDetails: { truncated: false } }],
  ]);
});

test('variables are told of by the state that assigns them', async () => {
  const { events } = await historyOf({ A: { ...pass, Assign: { text: 'x', list: '{% [1, null] %}' } } }, {});

  expect(last(events, 'PassStateExited')?.details).toMatchObject({
    assignedVariables: { text: '"x"', list: '[1,null]' },
    assignedVariablesDetails: { truncated: false },
  });
});

test('a machine may say its language state by state', async () => {
  const states = { A: { ...pass, QueryLanguage: 'JSONata', Output: '{% 1 + 1 %}' } };
  const { described } = await historyOf(states, {}, { top: { QueryLanguage: undefined } });

  expect(described).toMatchObject({ status: 'SUCCEEDED', output: 2 });
});
