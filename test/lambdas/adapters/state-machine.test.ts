import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from 'one-machine/services/postgres.ts';
import { type StateMachinesServer, serveStateMachines } from 'one-machine/state-machines/protocol.ts';
import { type StateMachines, startStateMachines } from 'one-machine/state-machines/state-machines.ts';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stateMachine } from '#adapters/state-machine.ts';
import { correlated } from '#kit/correlation.ts';
import { testCredentials, useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { openPool } from '../../../packages/one-machine/test/support/pool.ts';

const arn = 'arn:aws:states:ap-northeast-1:000000000000:stateMachine:Flow';
const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'How long?',
  States: {
    'How long?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.end = "wait" %}', Next: 'Wait' }],
      Default: 'Well or not?',
    },
    'Well or not?': {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input.end = "fail" %}', Next: 'Gave up' }],
      Default: 'Done',
    },
    Wait: { Type: 'Wait', Seconds: 600, Next: 'Done' },
    'Gave up': { Type: 'Fail', Error: 'Over', Cause: 'asked to' },
    Done: { Type: 'Succeed' },
  },
};

let directory: string;
let postgres: Postgres;
let pool: pg.Pool;
let machines: StateMachines;
let server: StateMachinesServer;
const flow = stateMachine(arn);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  postgres = await startPostgres({ name: 'millrace', directory });
  pool = openPool(postgres.url('postgres', 'millrace'));
  machines = await startStateMachines({
    pool,
    machines: [{ arn, name: 'Flow', definition }],
    invoke: () => Promise.reject(new Error('no task expected')),
  });
  server = await serveStateMachines(machines, { credentials: [testCredentials] });
  useLocalAws({ AWS_ENDPOINT_URL_SFN: server.url });
});

afterAll(async () => {
  await server.stop();
  await machines.close();
  await pool.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a run that waits is running, and a second start of its name is no second run', async () => {
  expect(await flow.status('first')).toBeUndefined();
  expect(await flow.start('first', { end: 'wait' })).toBe('started');
  expect(await flow.status('first')).toBe('running');
  expect(await flow.start('first', { end: 'wait' })).toBe('exists');
  expect(await flow.start('first', { end: 'fail' })).toBe('exists');
});

test('of two starts at the same moment at most one begins a run with its input', async () => {
  const outcomes = await Promise.all([
    flow.start('race', { end: 'wait', by: 1 }),
    flow.start('race', { end: 'wait', by: 2 }),
  ]);

  expect(outcomes.toSorted()).toEqual(['exists', 'started']);
});

test('the id of the work goes along in the input', async () => {
  await correlated('the-work', () => flow.start('correlated', { end: 'well' }));
  const { executions } = await machines.list({ limit: 10 });

  expect(executions.find(({ name }) => name === 'correlated')?.input).toEqual({
    end: 'well',
    correlation_id: 'the-work',
  });
});

test.each([
  ['well', 'succeeded'],
  ['fail', 'failed'],
])('a run that ends %s has %s, and its name stays taken', async (end, status) => {
  await flow.start(end, { end });
  await vi.waitUntil(async () => (await flow.status(end)) !== 'running', { timeout: 600_000 });

  expect(await flow.status(end)).toBe(status);
  expect(await flow.start(end, { end })).toBe('exists');
});

test('a state machine that does not exist is an error, not a missing run', async () => {
  await expect(stateMachine(`${arn}Else`).start('x', {})).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});
