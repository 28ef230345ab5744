import { describe, expect, test } from 'vitest';
import { DefinitionError } from '../../src/state-machines/errors.ts';
import { lintDefinition } from '../../src/state-machines/language/lint-definition.ts';
import { readDefinition } from '../../src/state-machines/language/read-definition.ts';
import { task } from './running.ts';

function reasonOf(states: object, top: object = {}): string {
  const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...top };
  try {
    readDefinition(definition, { machine: 'Orders', supports: (arn) => arn.endsWith('lambda:invoke') });
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError);
    return String(error);
  }
  return 'accepted';
}

const pass = { Type: 'Pass', End: true };
const mapOf = (processor: object, more: object = {}) => ({ Type: 'Map', End: true, ItemProcessor: processor, ...more });

test('a definition of every state type is accepted', () => {
  const everything = {
    Ask: task({
      Next: 'Which way?',
      End: undefined,
      TimeoutSeconds: '{% $states.input.patience %}',
      Arguments: { a: ['{% $states.input %}'] },
      Assign: { answer: '{% $states.result.Payload %}' },
      Retry: [
        { ErrorEquals: ['A'], IntervalSeconds: 2, BackoffRate: 1.5, MaxAttempts: 0, MaxDelaySeconds: 9 },
        { ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL' },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Sorry' }],
    }),
    'Which way?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $answer = 1 %}', Next: 'Pause', Assign: { one: true }, Output: 1 }],
      Default: 'Each',
    },
    Pause: { Type: 'Wait', Seconds: 1, Next: 'Until' },
    Until: { Type: 'Wait', Timestamp: '2026-01-01T00:00:00+08:00', Next: 'Each' },
    Each: mapOf(
      { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'One', States: { One: pass } },
      {
        Items: [1, '{% $answer %}'],
        ItemSelector: { i: '{% $states.context.Map.Item.Index %}' },
        MaxConcurrency: 2,
        Next: 'Both',
        End: undefined,
      },
    ),
    Both: { Type: 'Parallel', Branches: [{ StartAt: 'Left', States: { Left: pass } }], Next: 'Fine' },
    Fine: { Type: 'Succeed', Output: '{% $answer %}' },
    Sorry: { Type: 'Fail', Error: 'Sorry', Cause: '{% $states.input.Cause %}' },
  };

  expect(reasonOf(everything, { Comment: 'all', TimeoutSeconds: 60, Version: '1.0' })).toBe('accepted');
});

describe('an error names machine, state and field of', () => {
  test.each([
    ['an unknown state type', { A: { Type: 'Loop', End: true } }, "state machine 'Orders': state 'A', field 'Type'"],
    ['an unknown field', { A: { ...pass, Result: 1 } }, "state 'A' has unknown 'Result'"],
    ['JSONPath in one state', { A: { ...pass, QueryLanguage: 'JSONPath' } }, "state 'A', field 'QueryLanguage'"],
    [
      'an unknown field of a Retrier',
      { A: task({ Retry: [{ ErrorEquals: ['E'], Times: 1 }] }) },
      "field 'Retry.0' has unknown 'Times'",
    ],
    [
      'a state inside a Map',
      { M: mapOf({ StartAt: 'I', States: { I: { ...pass, InputPath: '$' } } }) },
      "state 'I' has unknown 'InputPath'",
    ],
    [
      'a distributed Map',
      { M: mapOf({ ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'I', States: { I: pass } }) },
      "state 'M', field 'ItemProcessor.ProcessorConfig.Mode' must be INLINE",
    ],
    [
      'tolerated failures',
      { M: mapOf({ StartAt: 'I', States: { I: pass } }, { ToleratedFailureCount: 1 }) },
      "state 'M', field 'ToleratedFailureCount' is not supported here",
    ],
    [
      'a task token',
      { A: task({ Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' }) },
      "state 'A', field 'Resource' task tokens are not supported",
    ],
    [
      'a resource the host lacks',
      { A: task({ Resource: 'arn:aws:states:::dynamodb:putItem' }) },
      "state 'A', field 'Resource' is not supported here",
    ],
    ['a heartbeat', { A: task({ HeartbeatSeconds: 5 }) }, "state 'A', field 'HeartbeatSeconds' is not supported"],
    [
      'a missing target',
      { A: { Type: 'Pass', Next: 'B' } },
      "state 'A', field 'Next' names no state of its scope: 'B'",
    ],
    [
      'a target in another scope',
      { A: { Type: 'Pass', Next: 'I' }, M: mapOf({ StartAt: 'I', States: { I: pass } }) },
      "field 'Next' names no state of its scope: 'I'",
    ],
    ['two ways out', { A: { Type: 'Pass', Next: 'A', End: true } }, "state 'A', field 'Next' or End"],
    ['bad JSONata', { A: { ...pass, Output: { a: ['{% 1 + %}'] } } }, "state 'A', field 'Output.a.0' is not JSONata"],
    ['half an expression', { A: { ...pass, Output: '{% 1' } }, "state 'A', field 'Output' is half an expression"],
    ['$eval', { A: { ...pass, Output: '{% $eval("1") %}' } }, "state 'A', field 'Output' uses $eval"],
    [
      'a result before there is one',
      { A: task({ Arguments: '{% $states.result.a %}' }) },
      "field 'Arguments' reads $states.result",
    ],
    [
      'an error output outside Catch',
      { A: task({ Output: '{% $states.errorOutput %}' }) },
      "field 'Output' reads $states.errorOutput",
    ],
    [
      'an outer variable set inside',
      { M: mapOf({ StartAt: 'I', States: { I: { ...pass, Assign: { x: 1 } } } }, { Assign: { x: 2 } }) },
      "state 'I', field 'Assign' sets 'x', a variable of an outer scope",
    ],
    ['the reserved variable', { A: { ...pass, Assign: { states: 1 } } }, "state 'A', field 'Assign.states'"],
    [
      'States.ALL among others',
      { A: task({ Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }) },
      'must hold States.ALL alone',
    ],
    [
      'States.ALL before others',
      {
        A: task({
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'A' },
            { ErrorEquals: ['E'], Next: 'A' },
          ],
        }),
      },
      'must have States.ALL last',
    ],
    [
      'the same name twice',
      { A: { Type: 'Pass', Next: 'M' }, M: mapOf({ StartAt: 'A', States: { A: pass } }) },
      "state 'A' stands twice",
    ],
    ['a Wait without a time', { W: { Type: 'Wait', End: true } }, "state 'W', field 'Seconds' or Timestamp"],
    [
      'a bound broken',
      { A: task({ Retry: [{ ErrorEquals: ['E'], BackoffRate: 0.5 }] }) },
      "field 'Retry.0.BackoffRate'",
    ],
  ])('%s', (_, states, words) => {
    expect(reasonOf(states)).toContain(words);
  });

  test('a machine in JSONPath', () => {
    expect(reasonOf({ A: pass }, { QueryLanguage: 'JSONPath' })).toContain("field 'QueryLanguage' must be JSONata");
  });
});

test('all errors are told at once', () => {
  const reason = reasonOf({ A: { ...pass, Result: 1 }, B: { Type: 'Fail', Because: 'x' } });

  expect(reason).toContain("state 'A' has unknown 'Result'");
  expect(reason).toContain("state 'B' has unknown 'Because'");
});

test('asl-validator has its say too, and the definition stays as it was', async () => {
  const endless = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } };
  const before = structuredClone(endless);

  await expect(lintDefinition(endless, 'Endless')).rejects.toThrow(/'Endless': MISSING_TERMINAL_STATE/);
  expect(endless).toEqual(before);
});

test.each<[string, object]>([
  ['a line break inside an expression', { Type: 'Pass', Output: '{%\n  1 +\n  1\n%}', End: true }],
  ['an expression without blanks', { Type: 'Pass', Output: '{%1%}', End: true }],
  ['a text as output', { Type: 'Pass', Output: 'text', End: true }],
  ['an empty text as output', { Type: 'Pass', Output: { a: '', b: ['', [['x']]] }, End: true }],
  ['no value as output', { Type: 'Pass', Output: null, End: true }],
  ['a list as output', { Type: 'Pass', Output: [1, 'a', null], End: true }],
  ['an output that has a field of states', { Type: 'Pass', Output: { States: { a: 'b' } }, End: true }],
  ['words of two lines', { Type: 'Fail', Error: 'A', Cause: 'first\nsecond', Comment: 'a\nb' }],
  ['a condition that is always true', { Type: 'Choice', Choices: [{ Condition: true, Next: 'Output' }] }],
  [
    'a condition over two lines',
    { Type: 'Choice', Choices: [{ Condition: '{%\n$states.input = 1\n%}', Next: 'Output' }], Default: 'Output' },
  ],
  ['a time that is computed over two lines', { Type: 'Wait', Seconds: '{%\n1\n%}', Next: 'Output' }],
  ['arguments that are a text', task({ Arguments: 'text' })],
  [
    'items that are written down',
    {
      Type: 'Map',
      Items: [1, 'a', { b: '{%\n1\n%}' }],
      ItemSelector: { a: '' },
      ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', Output: 'text', End: true } } },
      End: true,
    },
  ],
])('%s is a definition that AWS takes, and so it is taken here', async (_, first) => {
  // The name of a state may be that of a field.
  const rest = JSON.stringify(first).includes('"Next"') ? { Output: { Type: 'Succeed', Output: 'a\nb' } } : {};
  const states = { First: first, ...rest };
  const definition = { QueryLanguage: 'JSONata', StartAt: 'First', States: states };

  expect(() => readDefinition(definition, { machine: 'Subject' })).not.toThrow();
  await expect(lintDefinition(definition, 'Subject')).resolves.toBeUndefined();
});
