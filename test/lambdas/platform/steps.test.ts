import { TaskError } from 'one-machine/state-machines/errors.ts';
import type { TaskInvoker } from 'one-machine/state-machines/execution.ts';
import { type StateMachinesServer, serveStateMachines } from 'one-machine/state-machines/protocol.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { executions } from '../../../lambdas/adapters/executions.ts';
import { endedOnPurpose } from '../../../lambdas/platform/failures/intake/failed-execution.ts';
import { runSteps } from '../../../lambdas/platform/steps/answers.ts';
import { inWords } from '../../../lambdas/platform/steps/next-try.ts';
import { type StepsPorts, stopRun, tellRun, tellStep } from '../../../lambdas/platform/steps/tell-run.ts';
import { openDatabase, type TestDatabase } from '../../../packages/one-machine/test/state-machines/database.ts';
import { arn, type Subject, subject, task } from '../../../packages/one-machine/test/state-machines/running.ts';
import { testCredentials } from '../../../packages/one-machine/test/support/aws.ts';

let database: TestDatabase;
let made: Subject;
let server: StateMachinesServer;
const closed: object[] = [];

// A week: nothing that waits for it goes on within a test.
const longSeconds = 604_800;

const states = {
  Plan: {
    Type: 'Pass',
    Output: { counties: '{% $states.input.counties %}', reason: 'It is not out yet.' },
    Assign: { plan: { seconds: longSeconds }, counties: '{% $states.input.counties %}' },
    Next: 'Each',
  },
  Each: {
    Type: 'Map',
    Items: '{% $counties %}',
    ItemSelector: { county: '{% $states.context.Map.Item.Value %}', site: 'current' },
    ItemProcessor: {
      StartAt: 'Fetch',
      States: {
        Fetch: task({
          Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ['Gone'], Next: 'Not there' }],
        }),
        'Not there': { Type: 'Pass', End: true },
      },
    },
    Output: { reason: 'It is not out yet.' },
    Next: 'Which way?',
  },
  'Which way?': {
    Type: 'Choice',
    Choices: [
      { Condition: "{% $counties[0] = 'end' %}", Next: 'Done' },
      { Condition: "{% $counties[0] = 'busy' %}", Next: 'Ask' },
    ],
    Default: 'Wait for it',
  },
  'Wait for it': { Type: 'Wait', Seconds: '{% $plan.seconds %}', Next: 'Done' },
  Ask: task({
    End: undefined,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: longSeconds, BackoffRate: 1 }],
    Next: 'Done',
  }),
  Done: { Type: 'Succeed' },
};

const tried = new Map<string, number>();

/** `G` fails once and is there the next time, `X` is gone, what is no county is always busy. */
const invoke: TaskInvoker = async ({ arguments: given, executionArn }) => {
  const { county } = given as { county?: string };
  const key = `${executionArn} ${county}`;
  tried.set(key, (tried.get(key) ?? 0) + 1);
  if (county === undefined || (county === 'G' && tried.get(key) === 1))
    throw new TaskError('Busy', 'Too many requests.');
  if (county === 'X') throw new TaskError('Gone', 'There is no such file.');
  return { county, rows: 3 };
};

beforeAll(async () => {
  database = await openDatabase();
  made = await subject(database.pool, JSON.parse(JSON.stringify(states)), { invoke });
  server = await serveStateMachines(made.machines, { credentials: [testCredentials] });
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', testCredentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', testCredentials.secretAccessKey);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
  await made?.machines.close();
  await database?.close();
});

const ports = (changes: Partial<StepsPorts> = {}): StepsPorts => ({
  book: async () => ({ run: null, parts: [] }),
  executions: executions(),
  machines: { 'other/run': 'arn:aws:states:eu-central-1:123456789012:stateMachine:Other', 'presale/run': arn },
  closers: { 'presale/run': 'arn:aws:lambda:r:0:function:close' },
  close: async (functionArn, run) => void closed.push({ functionArn, ...run }),
  ...changes,
});

/** Starts an execution and resolves when it stands still: it has ended, or waits for a week. */
async function began(name: string, counties: readonly string[]) {
  const still = ['waits', 'ended'];
  const { promise, resolve } = Promise.withResolvers<void>();
  const remove = made.machines.onTransition(({ executionName, kind, state }) => {
    if (executionName === name && (still.includes(kind) || (kind === 'retried' && state === 'Ask'))) resolve();
  });
  await made.machines.start({ stateMachineArn: arn, name, input: { counties, correlation_id: `c-${name}` } });
  await promise;
  remove();
}

/** As documented, or the test fails. */
async function told(name: string, changes?: Partial<StepsPorts>) {
  const result = await tellRun({ workload: 'presale', name }, ports(changes));
  runSteps.parse(JSON.parse(JSON.stringify({ result })));
  return result;
}

test('each visit of a state is a step, and those of a Map are told by what they are about', async () => {
  await began('ended', ['end', 'G', 'X']);

  const run = await told('ended');

  expect(run.execution).toMatchObject({
    machine: 'presale/run',
    state: 'succeeded',
    correlation_id: 'c-ended',
    stoppable: false,
  });
  const outer = run.steps.filter(({ within }) => within === null);
  expect(outer.map(({ name, state, type }) => [name, state, type])).toEqual([
    ['Plan', 'succeeded', 'Pass'],
    ['Each', 'succeeded', 'Map'],
    ['Which way?', 'succeeded', 'Choice'],
    ['Done', 'succeeded', 'Succeed'],
  ]);
  const inner = run.steps.filter(({ within }) => within === outer[1]?.id);
  const short = inner.map(({ name, item, label, state, tries }) => [item, label, name, state, tries]);
  expect(short.sort()).toEqual([
    [0, 'end', 'Fetch', 'succeeded', 1],
    [1, 'G', 'Fetch', 'succeeded', 2],
    [2, 'X', 'Fetch', 'caught', 1],
    [2, 'X', 'Not there', 'succeeded', 0],
  ]);
  const again = inner.find(({ label }) => label === 'G');
  expect(again?.attempts).toMatchObject([
    { error: 'Busy', cause: 'Too many requests.' },
    { error: null, cause: null },
  ]);
  expect(again?.input).toBe('{"county":"G","site":"current"}');
  expect(again?.output).toBe('{"county":"G","rows":3}');
});

test('the machine is drawn with the states inside of others and every way between them', async () => {
  await began('drawn', ['end']);

  const { machine } = await told('drawn');

  expect(machine?.states).toContainEqual({ name: 'Fetch', type: 'Task', within: 'Each', starts: true });
  expect(machine?.states).toContainEqual({ name: 'Plan', type: 'Pass', within: null, starts: true });
  expect(machine?.transitions).toEqual([
    { from: 'Plan', to: 'Each', kind: 'next' },
    { from: 'Each', to: 'Which way?', kind: 'next' },
    { from: 'Which way?', to: 'Done', kind: 'choice' },
    { from: 'Which way?', to: 'Ask', kind: 'choice' },
    { from: 'Which way?', to: 'Wait for it', kind: 'default' },
    { from: 'Wait for it', to: 'Done', kind: 'next' },
    { from: 'Ask', to: 'Done', kind: 'next' },
    { from: 'Fetch', to: 'Not there', kind: 'catch' },
  ]);
});

test('a run that waits says until when and why', async () => {
  await began('waiting', ['A']);

  const { steps, execution } = await told('waiting');
  const last = steps.at(-1);

  expect(execution).toMatchObject({ state: 'running', stoppable: true });
  expect(last).toMatchObject({
    name: 'Wait for it',
    state: 'waiting',
    waits_for: 'It is not out yet.',
    ended_at: null,
  });
  expect(last?.next_at?.getTime()).toBe((last?.started_at.getTime() ?? 0) + longSeconds * 1000);
});

test('a step that will be tried again says when and what failed', async () => {
  await began('busy', ['busy']);

  const last = (await told('busy')).steps.at(-1);

  expect(last).toMatchObject({ name: 'Ask', state: 'retrying', tries: 1, waits_for: 'Too many requests.' });
  const failedAt = last?.attempts[0]?.ended_at?.getTime() ?? 0;
  expect(last?.next_at?.getTime()).toBe(failedAt + longSeconds * 1000);
});

test('a run is stopped and closed once; its open steps are stopped with it', async () => {
  await began('stopped', ['A']);
  const run = { workload: 'presale', name: 'stopped' };

  await stopRun(run, 'mei', ports());

  expect(closed).toEqual([
    {
      functionArn: 'arn:aws:lambda:r:0:function:close',
      run_id: 'stopped',
      error: 'RunStopped',
      cause: 'mei stopped the run',
    },
  ]);
  const { execution, steps } = await told('stopped');
  expect(execution).toMatchObject({
    state: 'stopped',
    error: 'RunStopped',
    cause: 'mei stopped the run',
    stoppable: false,
  });
  expect(steps.at(-1)).toMatchObject({ name: 'Wait for it', state: 'stopped', next_at: null });
  await expect(stopRun(run, 'mei', ports())).rejects.toThrow('has ended: stopped');
  await expect(stopRun({ ...run, name: 'waiting' }, 'mei', ports({ closers: {} }))).rejects.toThrow('its own workload');
  expect(closed).toHaveLength(1);
  // The ledger takes no notice of it.
  const event = { source: 'aws.states', detail: { status: 'ABORTED', error: execution?.error } };
  expect(endedOnPurpose({ body: event } as never)).toBe(true);
});

test('long inputs are cut in the list and whole by themselves', async () => {
  const long = 'x'.repeat(5000);
  await began('long', ['end', long]);

  const { steps } = await told('long');
  const [first] = steps;
  expect(first).toMatchObject({ whole: false });
  expect(first?.input).toHaveLength(2000);
  const step = await tellStep({ workload: 'presale', name: 'long', step: first?.id ?? 0 }, ports());
  expect(step.input).toContain(long);
  await expect(tellStep({ workload: 'presale', name: 'long', step: 999_999 }, ports())).rejects.toThrow('no step');
});

test('a run without an execution has its parts, and an unknown run is not found', async () => {
  const run = {
    execution: 'brief:1#0',
    kind: 'brief',
    state: 'running',
    started_at: '2026-11-21T00:00:00.000Z',
    ended_at: null,
  };
  const part = {
    name: 'stage:2',
    kind: 'stage',
    state: 'running',
    started_at: run.started_at,
    ended_at: null,
    counts: {},
    detail: {},
  };

  expect(await told('brief:1', { book: async () => ({ run, parts: [part] }) })).toEqual({
    execution: null,
    machine: null,
    steps: [],
    cut: false,
    parts: [part],
  });
  await expect(told('nobody')).rejects.toThrow("Run presale/nobody doesn't exist.");
});

test('a cause is told in words, also where it is cut off', () => {
  const message = 'It answered "500"\nand no more.';
  const cause = JSON.stringify({ errorType: 'ServerError', errorMessage: message, trace: ['at x'] });

  expect([
    inWords(cause),
    inWords(cause.slice(0, -8)),
    inWords('Out of time'),
    inWords('{"errorMessage":"cut'),
  ]).toEqual([message, message, 'Out of time', '{"errorMessage":"cut']);
});
