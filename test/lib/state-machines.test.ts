import aslValidator from 'asl-validator';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../lib/inventory/assembly.ts';
import { objectsIn, prod } from './assemblies.ts';

/** A state, as far as these tests look. */
interface State extends Record<string, unknown> {
  readonly Type: string;
}

const arn = 'arn:aws:lambda:ap-northeast-1:123456789012:function:';

/** The definition as AWS would get it. */
function definitionOf({ stack, properties }: Resource) {
  const text = prod.textOf(stack, properties.DefinitionString);
  return JSON.parse(text.replaceAll(/<([A-Za-z0-9]+)\.Arn>/g, `${arn}$1`));
}

/** Every state by name, also those inside of maps. */
function statesOf(definition: object): Map<string, State> {
  const scopes = [...objectsIn(definition)].filter(({ States }) => States);
  return new Map(scopes.flatMap(({ States }) => Object.entries(States as Record<string, State>)));
}

/** What stands between `{%` and `%}`, anywhere. */
function expressionsIn(definition: object): string[] {
  const texts = [...objectsIn(definition)]
    .flatMap((part) => Object.values(part).flat())
    .filter((value) => typeof value === 'string');
  return texts.flatMap((text) => text.match(/^\{%([\s\S]*)%\}$/)?.[1] ?? []);
}

describe.each(prod.ofType('AWS::StepFunctions::StateMachine'))('the state machine $id', (machine) => {
  const definition = definitionOf(machine);
  const states = statesOf(definition);
  const tasks = [...states].filter(([, { Type }]) => Type === 'Task');

  test('is a definition that Step Functions takes', () => {
    const { isValid, errorsText } = aslValidator(definition);

    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  test('holds only JSONata that parses', () => {
    const expressions = expressionsIn(definition);

    expect(expressions.length).toBeGreaterThan(3);
    for (const expression of expressions) expect(() => jsonata(expression), expression).not.toThrow();
  });

  test('is Standard, logged and traced', () => {
    const { StateMachineType = 'STANDARD', LoggingConfiguration, TracingConfiguration } = machine.properties;

    expect(StateMachineType).toBe('STANDARD');
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
    expect(TracingConfiguration).toEqual({ Enabled: true });
  });

  test.each(tasks.filter(([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke'))(
    'bounds the time of "%s" and tries it again when Lambda is busy',
    (_, task) => {
      expect(task.TimeoutSeconds).toBeGreaterThan(0);
      expect((task.Retry as { ErrorEquals: string[] }[]).flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(
        expect.arrayContaining([
          'Lambda.TooManyRequestsException',
          'Lambda.ServiceException',
          'TransientError',
          'ThrottledError',
        ]),
      );
    },
  );

  test('outlasts a minute without database or bucket in every task whose failure ends a presale run', () => {
    const ending = ['Plan the run', 'Is it loaded?', 'Refresh the statistics', 'Write the report', 'Give up'];
    for (const [name, task] of tasks.filter(([name]) => ending.includes(name))) {
      const first = (task.Retry as Retrier[]).find(({ ErrorEquals }) => ErrorEquals.includes('UnavailableError'));
      expect(first?.JitterStrategy ?? 'NONE', name).toBe('NONE');
      expect(longestWait(first), name).toBeGreaterThan(60);
    }
  });

  test('leaves no error of a task uncaught but those that the ledger hears of as the execution’s', () => {
    const uncaught = tasks.filter(([, { Catch }]) => !JSON.stringify(Catch ?? '').includes('States.ALL'));

    // A mail that can't be queued; a portion that a replay of the failed execution sends.
    expect(['Tell a person', 'Send a portion']).toEqual(expect.arrayContaining(uncaught.map(([name]) => name)));
    expect(uncaught.length).toBeLessThanOrEqual(1);
  });
});

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

/** Seconds of all pauses together. */
function longestWait(retrier: Retrier | undefined): number {
  if (!retrier) return 0;
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const pauses = Array.from({ length: MaxAttempts }, (_, index) => IntervalSeconds * BackoffRate ** index);
  return pauses.reduce((sum, pause) => sum + Math.min(pause, MaxDelaySeconds), 0);
}

describe('presale', () => {
  const [machine] = prod.ofType('AWS::StepFunctions::StateMachine');
  const states = machine ? statesOf(definitionOf(machine)) : new Map<string, State>();
  const evaluate = (expression: unknown, variables: object) =>
    jsonata(String(expression).slice(2, -2)).evaluate({}, { ...variables });
  const choose = async (name: string, variables: object) => {
    const { Choices, Default } = states.get(name) as unknown as {
      Choices: { Condition: string; Next: string }[];
      Default: string;
    };
    for (const { Condition, Next } of Choices) if (await evaluate(Condition, variables)) return Next;
    return Default;
  };
  const plan = { max_attempts: 24 };

  test.each([
    ['out', 1, 'Each county'],
    ['out', 24, 'Each county'],
    ['not-yet', 23, 'Say what it waits for'],
    ['not-yet', 24, 'Refresh what is loaded'],
  ])('a publication that is %s at attempt %i goes on to "%s"', async (state, attempt, next) => {
    expect(await choose('Out yet?', { answer: { state }, attempt, plan })).toBe(next);
  });

  test.each([
    ['complete', 24, 'Write the report'],
    ['incomplete', 1, 'Say what is missing'],
    ['incomplete', 24, 'Refresh what is loaded'],
    ['failed', 1, 'Refresh what is loaded'],
  ])('a run that is %s at attempt %i goes on to "%s"', async (state, attempt, next) => {
    expect(await choose('All loaded?', { answer: { state }, attempt, plan })).toBe(next);
  });

  test.each([
    [[], []],
    [[{ county: 'A', state: 'failed' }], []],
    [[{ county: 'A', state: 'loaded' }], ['A']],
    [
      [
        { county: 'A', state: 'loaded' },
        { county: 'C', state: 'gone' },
        { county: 'F', state: 'empty' },
      ],
      ['A', 'F'],
    ],
  ])('after a round of %j the statistics of %j are refreshed', async (outcomes, counties) => {
    const { Arguments } = states.get('Refresh the statistics') as unknown as {
      Arguments: { Payload: { plan: { counties: string } } };
    };
    const named = await evaluate(Arguments.Payload.plan.counties, { outcomes });
    expect(Array.from(named as ArrayLike<string>)).toEqual(counties);
  });

  test.each([
    ['Say what it waits for', 'Wait an hour'],
    ['Say what is missing', 'Wait an hour for the rest'],
  ])('"%s" leads to "%s", also where it fails', (note, wait) => {
    const { Next, Catch } = states.get(note) as unknown as { Next: string; Catch: { Next: string }[] };

    expect([Next, ...Catch.map((one) => one.Next)]).toEqual([wait, wait]);
  });

  test('each round is followed by the statistics and then by the check, whatever became of them', () => {
    const next = (name: string) => (states.get(name) as unknown as { Next: string }).Next;
    const caught = (name: string) =>
      (states.get(name) as unknown as { Catch: { Next: string }[] }).Catch.map(({ Next }) => Next);

    expect([next('Each county'), next('Refresh the statistics')]).toEqual(['Refresh the statistics', 'Is it loaded?']);
    expect(caught('Refresh the statistics')).toEqual(['Is it loaded?']);
    expect([next('Refresh what is loaded'), ...caught('Refresh what is loaded')]).toEqual(['Give up', 'Give up']);
  });

  test.each([
    [
      '{"errorType":"TransientError","errorMessage":"The site said \\"施工中\\"","trace":["at x"]}',
      'The site said \\"施工中\\"',
    ],
    ['The task timed out', 'The task timed out'],
    ['{"errorType":"Error","errorMes', '{"errorType":"Error","errorMes'],
  ])('an error caused by %s is told in words', async (Cause, words) => {
    const catches = [...objectsIn(states.get('Is it out?'))].map(({ Output }) => Output);
    const { cause } = catches.find((output) => typeof output === 'object') as { cause: string };

    expect(await evaluate(cause, { states: { errorOutput: { Error: 'E', Cause } } })).toBe(words);
  });
});
