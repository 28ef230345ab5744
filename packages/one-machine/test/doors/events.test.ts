import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { eventBus } from '../../src/doors/event-bus.ts';
import { startScheduler } from '../../src/doors/scheduler.ts';
import { performsTask, taskPerformer } from '../../src/doors/tasks.ts';
import { type Storage, startStorage } from '../../src/services/storage.ts';
import type { ScheduleModel } from '../../src/template/model.ts';
import { arnOf, startTestHost, type TestHost } from '../functions/host.ts';
import { testCredentials, useLocalAws } from '../support/aws.ts';

let directory: string;
let storage: Storage;
let sqs: SQSClient;
let host: TestHost;

const code = `let calls = 0;
export const handler = async ({ failures = 0, error, pause = 0 }) => {
  calls += 1;
  await new Promise((resolve) => setTimeout(resolve, pause));
  console.log('called');
  if (calls <= failures) { const thrown = new Error(error ?? 'no'); thrown.name = 'TransientError'; throw thrown; }
  return { calls };
};`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const common = { visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 3600, fifo: false };
  const queues = ['Mails', 'Ordered.fifo'].map((name) => ({
    ...common,
    name,
    fifo: name.endsWith('.fifo'),
    maximumMessageBytes: 262_144,
  }));
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  sqs = new SQSClient({});
});

afterEach(async () => {
  vi.useRealTimers();
  await host?.stop();
});

afterAll(async () => {
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

async function received(queue: string): Promise<unknown[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: storage.queueUrl(queue) }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

async function performer() {
  host = await startTestHost({ work: { code } });
  const perform = taskPerformer({
    functions: host.host,
    sqs,
    faults: host.faults,
    runSparkJob: async () => {
      throw new Error('There is no job here');
    },
  });
  const { signal } = new AbortController();
  return (task: Omit<Parameters<typeof perform>[0], 'signal'>) => perform({ ...task, signal });
}

test('a task invokes a function by ARN or name, and gets what Step Functions would', async () => {
  const perform = await performer();
  const invoke = (FunctionName: string) =>
    perform({
      resource: 'arn:aws:states:::lambda:invoke',
      arguments: { FunctionName, Payload: {} },
      stateName: 'Load',
    });

  expect(await invoke(arnOf('work'))).toEqual({ ExecutedVersion: '$LATEST', Payload: { calls: 1 }, StatusCode: 200 });
  expect(await invoke(`${arnOf('work')}:$LATEST`)).toMatchObject({ Payload: { calls: 2 } });
  expect(await invoke('work')).toMatchObject({ Payload: { calls: 3 } });
  // A function that is the resource itself answers with its payload alone.
  const resource = `${arnOf('work')}:$LATEST`;
  expect(await perform({ resource, arguments: {}, stateName: 'Load' })).toEqual({ calls: 4 });
  await expect(invoke('other')).rejects.toMatchObject({ errorName: 'Lambda.ResourceNotFoundException' });
});

test('a function’s error reaches the definition by its class, its cause as JSON', async () => {
  const perform = await performer();
  const failing = perform({
    resource: 'arn:aws:states:::lambda:invoke',
    arguments: { FunctionName: 'work', Payload: { failures: 9, error: 'half a file' } },
    stateName: 'Load',
  });

  await expect(failing).rejects.toMatchObject({ errorName: 'TransientError' });
  await expect(failing).rejects.toThrow('"errorMessage":"half a file"');
});

test('a task sends a message, a text as it is and everything else as JSON', async () => {
  const perform = await performer();
  const QueueUrl = storage.queueUrl('Mails');
  const send = (MessageBody: unknown, url = QueueUrl) =>
    perform({
      resource: 'arn:aws:states:::sqs:sendMessage',
      arguments: { QueueUrl: url, MessageBody },
      stateName: 'Send',
    });

  expect(await send({ subject: '預售' })).toMatchObject({ MessageId: expect.any(String) });
  expect(await received('Mails')).toEqual([{ subject: '預售' }]);
  await send('"text"');
  expect(await received('Mails')).toEqual(['text']);
  await expect(send('x', `${QueueUrl}-else`)).rejects.toMatchObject({ errorName: 'SQS.SdkClientException' });
});

test('a task sends all that a message has', async () => {
  const perform = await performer();
  const send = (argument: object) =>
    perform({
      resource: 'arn:aws:states:::sqs:sendMessage',
      arguments: { MessageBody: 'a', ...argument },
      stateName: 'Send',
    });
  const kind = { DataType: 'String', StringValue: 'x' };
  const bytes = { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]).toString('base64') };
  const ordered = { QueueUrl: storage.queueUrl('Ordered.fifo'), MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const answer = await send({ ...ordered, MessageAttributes: { kind, bytes } });
  await send({ ...ordered, MessageBody: 'the same again' });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: ordered.QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    }),
  );
  await send({ QueueUrl: storage.queueUrl('Mails'), DelaySeconds: 900 });

  expect(answer).toMatchObject({ MessageId: expect.any(String), SequenceNumber: expect.any(String) });
  expect(answer).not.toHaveProperty('$metadata');
  expect(Messages).toMatchObject([
    { Body: 'a', Attributes: { MessageGroupId: 'g' }, MessageAttributes: { kind: { StringValue: 'x' } } },
  ]);
  expect([...(Messages[0]?.MessageAttributes?.bytes?.BinaryValue ?? [])]).toEqual([0, 255]);
  expect(await received('Mails')).toEqual([]);
});

test.each<[string, string, object]>([
  ['an unknown field', 'sqs:sendMessage', { QueueUrl: 'x', MessageBody: 'a', Delay: 1 }],
  ['a group that is no text', 'sqs:sendMessage', { QueueUrl: 'x', MessageBody: 'a', MessageGroupId: 1 }],
  ['a message without a body', 'sqs:sendMessage', { QueueUrl: 'x' }],
  ['an invocation without an answer', 'lambda:invoke', { FunctionName: 'work', InvocationType: 'Event' }],
  ['a context of the client', 'lambda:invoke', { FunctionName: 'work', ClientContext: 'x' }],
])('%s is refused and not dropped', async (_, integration, argument) => {
  const perform = await performer();
  const refused = perform({ resource: `arn:aws:states:::${integration}`, arguments: argument, stateName: 'Refused' });

  await expect(refused).rejects.toMatchObject({ errorName: 'States.Runtime' });
  expect(host.lines).toEqual([]);
});

test('a qualifier names a version, of which there is one', async () => {
  const perform = await performer();
  const invoke = (Qualifier: string) =>
    perform({
      resource: 'arn:aws:states:::lambda:invoke',
      arguments: { FunctionName: 'work', Payload: {}, InvocationType: 'RequestResponse', Qualifier },
      stateName: 'Load',
    });

  expect(await invoke('$LATEST')).toMatchObject({ StatusCode: 200 });
  await expect(invoke('live')).rejects.toMatchObject({ errorName: 'Lambda.ResourceNotFoundException' });
});

test('only the integrations that are there may be named', () => {
  expect(performsTask('arn:aws:states:::lambda:invoke', false)).toBe(true);
  expect(performsTask(arnOf('work'), false)).toBe(true);
  expect(performsTask('arn:aws:states:::dynamodb:putItem', true)).toBe(false);
  for (const played of [true, false])
    expect(performsTask('arn:aws:states:::emr-serverless:startJobRun.sync', played)).toBe(played);
});

test('an event goes to every target that matches, and to the dead letters of one that refuses', async () => {
  const delivered: [string, unknown][] = [];
  const buried: string[] = [];
  const rule = (name: string, bucket: string, ...targets: string[]) => ({
    name,
    pattern: { source: ['aws.s3'], detail: { bucket: { name: [bucket] } } },
    targets: targets.map((arn) => ({ arn, deadLetter: `${arn}-dead` })),
  });
  const bus = eventBus({
    rules: [rule('raw', 'raw', 'one', 'refusing'), rule('also', 'raw', 'two'), rule('other', 'other', 'three')],
    region: 'ap-northeast-1',
    deliver: async (arn, event) => {
      if (arn === 'refusing') throw new Error('no');
      delivered.push([arn, event]);
    },
    bury: async (queue) => void buried.push(queue),
    onError: () => undefined,
  });
  await bus.publish({ source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: 'raw' } } });

  expect(delivered.map(([arn]) => arn)).toEqual(['one', 'two']);
  expect(delivered[0]?.[1]).toMatchObject({
    version: '0',
    id: expect.any(String),
    account: '000000000000',
    region: 'ap-northeast-1',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    resources: [],
  });
  expect(buried).toEqual(['refusing-dead']);
});

const schedule: ScheduleModel = {
  name: 'Orders-start',
  expression: 'cron(0 10 1,11,21 * ? *)',
  timeZone: 'Asia/Taipei',
  enabled: true,
  target: 'target',
  input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
  retries: 1,
  deadLetter: 'dead',
};

function scheduler(changes: Partial<ScheduleModel>, deliver: (input: unknown) => Promise<void>) {
  const buried: unknown[] = [];
  const errors: string[] = [];
  const running = startScheduler({
    schedules: [{ ...schedule, ...changes }],
    isEnabled: () => changes.enabled ?? true,
    deliver: async (_target, input) => {
      await deliver(input);
      return {};
    },
    bury: async (_queue, _schedule, input) => void buried.push(input),
    onError: (message) => errors.push(message),
  });
  return { running, buried, errors };
}

test('a schedule comes at its slots with the slot’s time, and sleeps over a far one', async () => {
  vi.useFakeTimers({ now: new Date('2026-02-21T02:00:01Z') });
  const inputs: unknown[] = [];
  const { running } = scheduler({}, async (input) => void inputs.push(input));
  expect(running.upcoming()).toEqual([{ name: 'Orders-start', at: new Date('2026-03-01T02:00:00Z') }]);
  await vi.advanceTimersByTimeAsync(18 * 24 * 3600 * 1000);
  running.stop();
  await vi.advanceTimersByTimeAsync(30 * 24 * 3600 * 1000);

  expect(inputs).toEqual([{ scheduledTime: '2026-03-01T02:00:00Z' }, { scheduledTime: '2026-03-11T02:00:00Z' }]);
});

test('a schedule whose target refuses is tried again, then goes to the dead letters, and comes at its next slot', async () => {
  vi.useFakeTimers({ now: new Date('2026-02-21T02:00:01Z') });
  let calls = 0;
  const { running, buried, errors } = scheduler({}, async () => {
    calls += 1;
    throw new Error('no');
  });
  await vi.advanceTimersByTimeAsync(18 * 24 * 3600 * 1000);
  running.stop();

  expect(calls).toBe(4);
  expect(buried).toHaveLength(2);
  expect(errors).toEqual(['Orders-start: Error: no', 'Orders-start: Error: no']);
});

test('a schedule that is off never comes, but may be triggered', async () => {
  vi.useFakeTimers({ now: new Date('2026-02-21T02:00:01Z') });
  const inputs: unknown[] = [];
  const { running } = scheduler({ enabled: false, retries: 185 }, async (input) => void inputs.push(input));
  await vi.advanceTimersByTimeAsync(60 * 24 * 3600 * 1000);
  expect(inputs).toEqual([]);

  await running.trigger('Orders-start', new Date('2022-09-11T02:00:00Z'));
  expect(inputs).toEqual([{ scheduledTime: '2022-09-11T02:00:00Z' }]);
  await expect(running.trigger('other')).rejects.toThrow('No schedule is named other');
});

test('many retries take their time', async () => {
  vi.useFakeTimers({ now: new Date('2026-02-21T02:00:01Z') });
  let calls = 0;
  const { running } = scheduler({ retries: 185 }, async () => {
    calls += 1;
    throw new Error('no');
  });
  const triggered = running.trigger('Orders-start');
  triggered.catch(String);
  await vi.advanceTimersByTimeAsync(3600 * 1000);
  running.stop();

  expect(calls).toBeGreaterThan(50);
  expect(calls).toBeLessThan(80);
});
