import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidExecutionInput,
  InvalidName,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StateMachinesServer, serveStateMachines } from '../../src/state-machines/protocol.ts';
import { testCredentials } from '../support/aws.ts';
import { openDatabase, type TestDatabase } from './database.ts';
import { arn, type Subject, subject } from './running.ts';

let database: TestDatabase;
let made: Subject;
let server: StateMachinesServer;
let client: SFNClient;

beforeAll(async () => {
  database = await openDatabase();
  made = await subject(database.pool, {
    Pause: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'Say' },
    Say: { Type: 'Succeed', Output: { said: '{% $states.input %}' } },
  });
  server = await serveStateMachines(made.machines, { credentials: [testCredentials] });
  client = clientWith(3);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
  await made.machines.close();
  await database.close();
});

function clientWith(maxAttempts: number): SFNClient {
  const credentials = testCredentials;
  return new SFNClient({ endpoint: server.url, region: 'eu-central-1', credentials, maxAttempts });
}

const start = (name: string, input: unknown) =>
  client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: JSON.stringify(input) }));

test('an execution is started, described and told step by step', async () => {
  const { executionArn = '', startDate } = await start('told', { seconds: 0 });
  await made.ended(executionArn);
  const described = await client.send(new DescribeExecutionCommand({ executionArn }));
  const types: unknown[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client, pageSize: 2 }, { executionArn })) {
    expect(events.length).toBeLessThanOrEqual(2);
    types.push(...events.map(({ type }) => type));
  }

  expect(described).toMatchObject({
    executionArn,
    stateMachineArn: arn,
    name: 'told',
    status: 'SUCCEEDED',
    input: '{"seconds":0}',
    output: '{"said":{"seconds":0}}',
    startDate,
    stopDate: expect.any(Date),
  });
  expect(types).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'WaitStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
});

test('the history has the details of each event, or none of the data when asked so', async () => {
  const { executionArn = '' } = await start('details', { seconds: 0 });
  await made.ended(executionArn);
  const read = async (includeExecutionData: boolean) => {
    const pages = paginateGetExecutionHistory({ client }, { executionArn, includeExecutionData, reverseOrder: true });
    return (await pages.next()).value?.events?.map((event) => ({ ...event, timestamp: undefined }));
  };

  expect((await read(true))?.[0]).toMatchObject({
    id: 6,
    previousEventId: 5,
    executionSucceededEventDetails: { output: '{"said":{"seconds":0}}' },
  });
  expect((await read(true))?.[4]).toMatchObject({
    id: 2,
    stateEnteredEventDetails: { name: 'Pause', input: '{"seconds":0}' },
  });
  expect((await read(false))?.[4]).toMatchObject({ stateEnteredEventDetails: { name: 'Pause' } });
  expect(JSON.stringify(await read(false))).not.toContain('seconds');
});

test('executions are listed newest first, by status and in pages, and stopped', async () => {
  const { executionArn = '' } = await start('long', { seconds: 600 });
  const running = { stateMachineArn: arn, statusFilter: 'RUNNING' } as const;
  const listed = await client.send(new ListExecutionsCommand(running));
  const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }));
  const all = await client.send(new ListExecutionsCommand({ stateMachineArn: arn, maxResults: 1 }));
  const rest = await client.send(new ListExecutionsCommand({ stateMachineArn: arn, nextToken: all.nextToken }));

  expect(listed.executions?.map(({ name }) => name)).toEqual(['long']);
  expect(all.executions).toEqual([expect.objectContaining({ name: 'long', status: 'ABORTED', stopDate })]);
  expect(rest.executions?.map(({ name }) => name)).not.toContain('long');
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ error: 'E', cause: 'C' });
});

test('machines are listed and described', async () => {
  const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
  const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));

  expect(stateMachines).toEqual([expect.objectContaining({ stateMachineArn: arn, name: 'Subject', type: 'STANDARD' })]);
  expect(described).toMatchObject({ status: 'ACTIVE', roleArn: 'arn:aws:iam::123456789012:role/Subject' });
  expect(JSON.parse(described.definition ?? '')).toMatchObject({ QueryLanguage: 'JSONata', StartAt: 'Pause' });
});

test('refusals are the exceptions of the SDK', async () => {
  await start('taken', { seconds: 0 });
  const stateMachineArn = `${arn}x`;

  await expect(start('taken', { seconds: 1 })).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  await expect(start('a b', {})).rejects.toBeInstanceOf(InvalidName);
  await expect(client.send(new StartExecutionCommand({ stateMachineArn: arn, input: '{' }))).rejects.toBeInstanceOf(
    InvalidExecutionInput,
  );
  await expect(client.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toBeInstanceOf(
    StateMachineDoesNotExist,
  );
  await expect(client.send(new ListExecutionsCommand({ stateMachineArn }))).rejects.toBeInstanceOf(
    StateMachineDoesNotExist,
  );
  await expect(client.send(new DescribeExecutionCommand({ executionArn: `${arn}:none` }))).rejects.toBeInstanceOf(
    ExecutionDoesNotExist,
  );
  await expect(client.send(new DescribeExecutionCommand({ executionArn: 'none' }))).rejects.toMatchObject({
    name: 'InvalidArn',
  });
});

test('an operation that is not served is named', async () => {
  const create = new CreateStateMachineCommand({ name: 'x', definition: '{}', roleArn: 'arn:aws:iam::1:role/x' });

  await expect(client.send(create)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('CreateStateMachine'),
  });
});

test('a service that refuses for a while is outlived by the SDK’s retries', async () => {
  const describing = new DescribeStateMachineCommand({ stateMachineArn: arn });
  const patient = clientWith(8);
  // The bad hour ends with the first refusal, however long that takes.
  patient.middlewareStack.add((next) => (sent) => next(sent).finally(() => server.refuse(0)), { step: 'deserialize' });
  server.refuse(3_600_000);

  await expect(clientWith(1).send(describing)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  expect(await patient.send(describing)).toMatchObject({ name: 'Subject', $metadata: { attempts: 2 } });
});
