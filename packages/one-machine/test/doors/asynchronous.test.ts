import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { asynchronousInvoker } from '../../src/doors/asynchronous.ts';
import { openEventQueue } from '../../src/doors/event-queue.ts';
import { type Storage, startStorage } from '../../src/services/storage.ts';
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
  const queues = ['Failed'].map((name) => ({ ...common, name, maximumMessageBytes: 262_144 }));
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  sqs = new SQSClient({});
});

afterEach(async () => {
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
