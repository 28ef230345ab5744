import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { wakeOnce } from '#adapters/queues/wake-once.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Awaited<ReturnType<typeof startStorage>>;
let queueUrl: string;
let now: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const wakes = {
    name: 'Wakes.fifo',
    visibilityTimeoutSeconds: 30,
    delaySeconds: 0,
    retentionSeconds: 3600,
    maximumMessageBytes: 1024,
    fifo: true,
  };
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues: [wakes] });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  queueUrl = storage.queueUrl('Wakes.fifo');
});

// The queue remembers what it was sent within five minutes: each test has a day of its own.
let day = 20;
beforeEach(() => {
  day += 1;
  now = Date.UTC(2026, 10, day, 12);
});

afterAll(async () => {
  await storage?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function received(): Promise<string[]> {
  const bodies: string[] = [];
  const sqs = new SQSClient({});
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    if (Messages.length === 0) return bodies.toSorted();
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      // The next message of a group comes after the one before is gone.
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

const options = { slotMs: 20_000, message: (name: string) => ({ name }), now: () => now };

test('within one slot of time a name is woken once, also by different functions', async () => {
  const wakers = [wakeOnce(queueUrl, options), wakeOnce(queueUrl, options)];
  for (const wake of wakers) await wake(['a', 'b', 'a']);
  now += 19_000;
  for (const wake of wakers) await wake(['a']);

  expect(await received()).toEqual(['{"name":"a"}', '{"name":"b"}']);
});

test('the next slot wakes again, and nobody is no message', async () => {
  const wake = wakeOnce(queueUrl, options);
  await wake(['a']);
  now += 20_000;
  await wake(['a']);
  await wake([]);

  expect(await received()).toEqual(['{"name":"a"}', '{"name":"a"}']);
});

test('a wake that SQS did not take is sent by the next call of its slot', async () => {
  const wake = wakeOnce(queueUrl, options);
  const broken = wakeOnce(queueUrl.replace('Wakes', 'Nowhere'), options);
  await expect(broken(['a'])).rejects.toThrow();
  await expect(broken(['a'])).rejects.toThrow();
  await wake(['a']);

  expect(await received()).toEqual(['{"name":"a"}']);
});
