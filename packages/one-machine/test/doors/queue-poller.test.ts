import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type QueuePoller, startQueuePoller } from '../../src/doors/queue-poller.ts';
import { type Storage, startStorage } from '../../src/services/storage.ts';
import type { QueueSourceModel } from '../../src/template/model.ts';
import { arnOf, startTestHost, type TestHost } from '../functions/host.ts';
import { testCredentials, useLocalAws } from '../support/aws.ts';

let directory: string;
let storage: Storage;
let sqs: SQSClient;
let host: TestHost;
let poller: QueuePoller | undefined;
let errors: string[];
/** The file that lets what is gated go on. */
let gate: string;

/** Does what each message says, and tells what it got: `fail`, `throw`, `gated`, `long`, `strange`, or nothing special. */
const code = `import { existsSync } from 'node:fs';
export const handler = async ({ Records }) => {
  const bodies = Records.map(({ body }) => body);
  console.log(JSON.stringify({ bodies, first: Records[0] }));
  if (bodies.some((body) => body.startsWith('throw'))) throw new Error('no');
  while (bodies.some((body) => body.startsWith('gated')) && !existsSync(process.env.GATE)) await new Promise((resolve) => setTimeout(resolve, 20));
  if (bodies.some((body) => body.startsWith('long'))) await new Promise((resolve) => setTimeout(resolve, 5000));
  if (bodies.some((body) => body.startsWith('strange'))) return { batchItemFailures: [{ itemIdentifier: 'nobody' }] };
  if (bodies.some((body) => body.startsWith('empty'))) return { batchItemFailures: [{ itemIdentifier: '' }] };
  if (bodies.some((body) => body.startsWith('nothing'))) return;
  return { batchItemFailures: Records.filter(({ body }) => body.startsWith('fail')).map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

const common = { delaySeconds: 0, retentionSeconds: 3600, maximumMessageBytes: 262_144, fifo: false };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [],
    queues: [
      { ...common, name: 'Work', visibilityTimeoutSeconds: 2, deadLetter: { queue: 'Dead', maxReceiveCount: 2 } },
      // For longer than any machine takes for a message: nothing comes again.
      { ...common, name: 'Held', visibilityTimeoutSeconds: 3600 },
      { ...common, name: 'Dead', visibilityTimeoutSeconds: 30 },
      { ...common, name: 'Heavy', visibilityTimeoutSeconds: 180, maximumMessageBytes: 1_048_576 },
    ],
  });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  sqs = new SQSClient({});
  gate = join(directory, 'gate');
  const consumer = { code, environment: { GATE: gate }, timeoutSeconds: 120 };
  host = await startTestHost({ consumer }, { random: () => 0.99 });
  errors = [];
});

afterEach(async () => {
  await poller?.stop();
  await host.stop();
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

function poll(changes: Partial<QueueSourceModel> = {}, queue = 'Work'): void {
  poller = startQueuePoller({
    source: {
      queueArn: storage.queueArn(queue),
      functionArn: arnOf('consumer'),
      batchSize: 10,
      windowSeconds: 0,
      concurrency: 2,
      reportsItemFailures: true,
      ...changes,
    },
    queueUrl: storage.queueUrl(queue),
    sqs,
    functions: host.host,
    faults: host.faults,
    region: 'ap-northeast-1',
    onError: (message) => errors.push(message),
  });
}

const send = (...bodies: string[]) => sendTo('Work', ...bodies);

async function sendTo(queue: string, ...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
  }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: storage.queueUrl(queue), Entries }));
}

const handled = () =>
  host.lines.map((line) => JSON.parse(line) as { bodies: string[]; first: SQSEvent['Records'][number] });
const times = (body: string) => handled().filter(({ bodies }) => bodies.includes(body)).length;

/** Messages that are not done yet, also those that somebody has in hand. */
async function left(queue: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({
    QueueUrl: storage.queueUrl(queue),
    AttributeNames: [...AttributeNames],
  });
  const { Attributes = {} } = await sqs.send(command);
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

async function dead(): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl('Dead'), MaxNumberOfMessages: 10 });
  return ((await sqs.send(command)).Messages ?? []).map(({ Body = '' }) => Body);
}

test('records arrive in the shape of an SQS event and are gone afterwards', async () => {
  await sendTo('Held', 'a', 'b');
  poll({}, 'Held');
  await expect.poll(() => left('Held')).toBe(0);

  expect([times('a'), times('b')]).toEqual([1, 1]);
  expect(handled()[0]?.first).toMatchObject({
    messageId: expect.stringMatching(/^[\w-]{36}$/),
    eventSource: 'aws:sqs',
    eventSourceARN: storage.queueArn('Held'),
    awsRegion: 'ap-northeast-1',
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: { kind: { dataType: 'String', stringValue: 'test' } },
  });
  expect(errors).toEqual([]);
});

test('of a batch only what failed comes again, and in the end goes to the dead letters', async () => {
  await send('good', 'fail');
  poll();
  const letters: string[] = [];
  await vi.waitUntil(async () => letters.push(...(await dead())) > 0, { timeout: 300_000, interval: 200 });

  expect(letters).toEqual(['fail']);
  expect(times('fail')).toBe(2);
  expect(times('good')).toBe(1);
});

test.each([
  ['throws', 'throw'],
  ['reports a record that is none of the batch', 'strange'],
  ['reports a record without a name', 'empty'],
])('a function that %s gets the whole batch again', async (_name, body) => {
  await send(body, 'innocent');
  poll();
  await vi.waitUntil(() => times(body) === 2 && times('innocent') === 2, { timeout: 600_000 });
});

test('a function that answers nothing has done all', async () => {
  await sendTo('Held', 'nothing');
  poll({}, 'Held');
  await expect.poll(() => left('Held')).toBe(0);

  expect(times('nothing')).toBe(1);
});

test('where item failures are not asked for, an answer is only an answer', async () => {
  await sendTo('Held', 'fail');
  poll({ reportsItemFailures: false }, 'Held');
  await expect.poll(() => left('Held')).toBe(0);

  expect(times('fail')).toBe(1);
});

test('a batch has at most its size, and a window fills it', async () => {
  poll({ batchSize: 3, windowSeconds: 10 }, 'Held');
  await sendTo('Held', 'a', 'b');
  await sendTo('Held', 'c', 'd');
  await vi.waitUntil(() => handled().flatMap(({ bodies }) => bodies).length === 4, { timeout: 600_000 });

  expect(handled().map(({ bodies }) => bodies.length)).toEqual([3, 1]);
});

test('a batch that is heavier than an event of Lambda comes in several, and nothing waits to be seen again', async () => {
  // A message twice as large in the event as in its queue: quotes are escaped there.
  const bodies = Array.from({ length: 10 }, (_, index) => `${index}${'"'.repeat(1_000_000)}`);
  for (const MessageBody of bodies)
    await sqs.send(new SendMessageCommand({ QueueUrl: storage.queueUrl('Heavy'), MessageBody }));
  poll({}, 'Heavy');
  await vi.waitUntil(() => host.lines.length > 3, { timeout: 600_000 });

  expect(handled().flatMap(({ bodies: seen }) => seen.map(({ length }) => length))).toEqual(
    bodies.map(({ length }) => length),
  );
  expect(handled().every(({ bodies: seen }) => seen.length < 4)).toBe(true);
});

test('no more batches are worked on at once than the source allows', async () => {
  poll({ batchSize: 1, concurrency: 2 }, 'Held');
  await sendTo('Held', 'gated-1', 'gated-2', 'gated-3', 'gated-4');
  await vi.waitUntil(() => handled().length === 2, { timeout: 600_000 });
  await sleep(500);

  expect(handled()).toHaveLength(2);
  await writeFile(gate, 'open');
  await vi.waitUntil(() => handled().length === 4, { timeout: 600_000 });
});

test('with the fault switch on every batch is delivered twice', async () => {
  host.faults.set({ duplicate: true });
  await send('twice');
  poll();
  await vi.waitUntil(() => times('twice') === 2, { timeout: 600_000 });
});

test('with the fault switch on a batch is delivered again while the first delivery is worked on', async () => {
  host.faults.set({ deliveries: 3 });
  await send('long');
  poll({ concurrency: 3 });
  await vi.waitUntil(() => times('long') === 3, { timeout: 300_000, interval: 10 });

  expect(host.invocations).toEqual([]);
});

test('a queue that refuses for a while is asked again', async () => {
  poll();
  await sleep(200);
  await poller?.stop();
  storage.refuse('sqs', 500);
  poll();
  await vi.waitUntil(() => errors.length > 0, { timeout: 600_000 });
  await sleep(500);
  await send('after all');

  await vi.waitUntil(() => times('after all') === 1, { timeout: 600_000 });
});

test('a stop ends a long poll at once and takes no message with it', async () => {
  poll();
  await sleep(300);
  const before = performance.now();
  await poller?.stop();
  // Left to itself it would end after twenty seconds.
  expect(performance.now() - before).toBeLessThan(15_000);
  await send('for the next');

  poll();
  await vi.waitUntil(() => times('for the next') === 1, { timeout: 600_000 });
});

test('it takes nothing more when it stops, and is idle when what it had in hand is done', async () => {
  await sendTo('Held', 'gated-1');
  poll({}, 'Held');
  await expect.poll(() => times('gated-1')).toBe(1);
  await poller?.stop();
  const seen: string[] = [];
  const idle = poller?.idle().then(() => seen.push('idle'));
  expect(await left('Held')).toBe(1);
  expect(seen).toEqual([]);
  await writeFile(gate, 'open');
  await idle;

  expect(await left('Held')).toBe(0);
  expect(errors).toEqual([]);
});

test('what ends with its function while the stack stops is no error', async () => {
  await sendTo('Held', 'gated-1');
  poll({}, 'Held');
  await expect.poll(() => times('gated-1')).toBe(1);
  await poller?.stop();
  await host.stop();
  await poller?.idle();

  expect(await left('Held')).toBe(1);
  expect(errors).toEqual([]);
});
