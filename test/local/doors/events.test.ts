import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { asynchronousInvoker } from '../../../local/doors/asynchronous.ts';
import { eventBus } from '../../../local/doors/event-bus.ts';
import { openEventQueue } from '../../../local/doors/event-queue.ts';
import { startScheduler } from '../../../local/doors/scheduler.ts';
import { performsTask, taskPerformer } from '../../../local/doors/tasks.ts';
import { type Storage, startStorage } from '../../../local/services/storage.ts';
import type { ScheduleModel } from '../../../local/template/model.ts';
import { useLocalAws } from '../../support/aws.ts';
import { arnOf, startTestHost, type TestHost } from '../functions/host.ts';

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
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const common = { visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 3600, fifo: false };
  const queues = ['Failed', 'Mails'].map((name) => ({ ...common, name, maximumMessageBytes: 262_144 }));
  storage = await startStorage({ directory, buckets: [], queues });
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

async function invoker(changes: object = {}) {
  host = await startTestHost({ work: { code, ...changes } });
  const lost: string[] = [];
  const open = () =>
    asynchronousInvoker({
      functions: host.host,
      sqs,
      queueUrlOf: () => storage.queueUrl('Failed'),
      faults: host.faults,
      file: join(directory, 'invocations.sqlite'),
      retryDelaysMs: [5, 5],
      onLost: (message) => lost.push(message),
    });
  const asynchronous = open();
  onTestFinished(() => asynchronous.stop());
  return { invoke: (event: object) => asynchronous.accept(arnOf('work'), event).ended, asynchronous, open, lost };
}

test('an event that fails is tried twice more', async () => {
  const { invoke } = await invoker();

  expect(await invoke({ failures: 2 })).toMatchObject({ ok: true, payload: { calls: 3 } });
});

test('an event that fails for good goes to the on-failure destination, with what it was and why', async () => {
  const { invoke } = await invoker({ onFailure: 'arn:aws:sqs:x:Failed' });
  await invoke({ failures: 9, error: 'still no' });

  expect(await received('Failed')).toMatchObject([
    {
      requestContext: {
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
        functionArn: `${arnOf('work')}:$LATEST`,
      },
      requestPayload: { failures: 9, error: 'still no' },
      responsePayload: { errorType: 'TransientError', errorMessage: 'still no' },
    },
  ]);
});

test('an event that fails for good without a destination is told', async () => {
  const { invoke, lost } = await invoker({ retries: 0 });
  await invoke({ failures: 9 });

  expect(lost).toEqual(['test/work failed for good and has no on-failure destination']);
});

test('with the fault switch on an event comes twice', async () => {
  const { invoke } = await invoker();
  host.faults.set({ duplicate: true });

  expect(await invoke({})).toMatchObject({ payload: { calls: 2 } });
});

test('an event that was under way when the stack stopped is taken up by the next', async () => {
  const { asynchronous, open } = await invoker();
  const { ended } = asynchronous.accept(arnOf('work'), { failures: 1 });
  const stopped = expect(ended).rejects.toThrow('the event stays in its queue');
  asynchronous.stop();
  await stopped;

  const next = open();
  onTestFinished(() => next.stop());
  next.resume();
  // The stopped one's attempt was its first failure; this one's is good.
  await expect.poll(() => host.lines.filter((line) => line.includes('called'))).toHaveLength(2);
  await expect.poll(() => waiting()).toEqual([]);
});

test('nothing is told twice: what is done is gone from the queue', async () => {
  const { invoke, lost } = await invoker({ onFailure: 'arn:aws:sqs:x:Failed' });
  await invoke({ failures: 2 });
  await invoke({ failures: 9 });

  expect(waiting()).toEqual([]);
  expect(lost).toEqual([]);
  expect(await received('Failed')).toHaveLength(1);
});

test('a destination that is away for a while gets the record when it is back', async () => {
  const { invoke, lost } = await invoker({ onFailure: 'arn:aws:sqs:x:Failed', retries: 0 });
  storage.refuse('sqs', 1500);
  await invoke({ failures: 9 });

  expect(lost[0]).toContain('does not answer');
  expect(await received('Failed')).toMatchObject([{ requestPayload: { failures: 9 } }]);
});

test('a busy function costs an event none of its attempts', async () => {
  const { invoke } = await invoker({ concurrency: 1, retries: 0 });

  const both = await Promise.all([invoke({ pause: 500 }), invoke({})]);
  expect(both).toMatchObject([{ ok: true }, { ok: true }]);
});

test('an event for a function that isn’t there is refused at once', async () => {
  const { asynchronous } = await invoker();

  expect(() => asynchronous.accept(arnOf('other'), {})).toThrow('No function of the template has the ARN');
  expect(waiting()).toEqual([]);
});

/** The events that are still to be done. */
function waiting(): unknown[] {
  const queue = openEventQueue(join(directory, 'invocations.sqlite'));
  try {
    return [...queue.left()];
  } finally {
    queue.close();
  }
}

async function performer() {
  host = await startTestHost({ work: { code } });
  return taskPerformer({ functions: host.host, sqs, faults: host.faults });
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

test('only the integrations that are there may be named', () => {
  expect(performsTask('arn:aws:states:::lambda:invoke')).toBe(true);
  expect(performsTask('arn:aws:states:::dynamodb:putItem')).toBe(false);
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
  name: 'Presale-start',
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
  expect(running.upcoming()).toEqual([{ name: 'Presale-start', at: new Date('2026-03-01T02:00:00Z') }]);
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
  expect(errors).toEqual(['Presale-start: Error: no', 'Presale-start: Error: no']);
});

test('a schedule that is off never comes, but may be triggered', async () => {
  vi.useFakeTimers({ now: new Date('2026-02-21T02:00:01Z') });
  const inputs: unknown[] = [];
  const { running } = scheduler({ enabled: false, retries: 185 }, async (input) => void inputs.push(input));
  await vi.advanceTimersByTimeAsync(60 * 24 * 3600 * 1000);
  expect(inputs).toEqual([]);

  await running.trigger('Presale-start', new Date('2022-09-11T02:00:00Z'));
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
  const triggered = running.trigger('Presale-start');
  triggered.catch(String);
  await vi.advanceTimersByTimeAsync(3600 * 1000);
  running.stop();

  expect(calls).toBeGreaterThan(50);
  expect(calls).toBeLessThan(80);
});
