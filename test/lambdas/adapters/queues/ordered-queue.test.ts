import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderedQueue } from '#adapters/queues/ordered-queue.ts';
import { correlated } from '#kit/correlation.ts';
import { testCredentials, useLocalAws } from '../../../../packages/one-machine/test/support/aws.ts';

let directory: string;
let storage: Awaited<ReturnType<typeof startStorage>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const settings = { visibilityTimeoutSeconds: 60, delaySeconds: 0, retentionSeconds: 3600, fifo: true };
  const queues = ['order', 'once', 'large', 'trace'].map((name) => ({
    ...settings,
    name: `${name}.fifo`,
    maximumMessageBytes: 1024 * 1024,
  }));
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  useLocalAws({ AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
});

afterAll(async () => {
  await storage?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Everything in the queue, in the order it is handed out. */
async function drained(QueueUrl: string): Promise<Message[]> {
  const sqs = new SQSClient({});
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}

const numbersOf = (messages: readonly Message[]) => messages.map(({ Body = '' }) => Number(JSON.parse(Body).number));
const message = (number: number, group: string, text = '') => ({
  message: { number, text },
  group,
  id: `id-${number}`,
});

test('messages of a group come out in the order they went in, and none of several requests is missing', async () => {
  const url = storage.queueUrl('order.fifo');
  await orderedQueue(url)(Array.from({ length: 45 }, (_, number) => message(100 + number, `more-${number % 7}`)));
  expect(numbersOf(await drained(url)).toSorted()).toEqual(Array.from({ length: 45 }, (_, number) => 100 + number));

  await orderedQueue(url)(Array.from({ length: 10 }, (_, number) => message(number, `g${number % 2}`)));
  const messages = await drained(url);

  for (const group of ['g0', 'g1']) {
    const own = messages.filter(({ Attributes }) => Attributes?.MessageGroupId === group);
    expect(numbersOf(own)).toEqual(group === 'g0' ? [0, 2, 4, 6, 8] : [1, 3, 5, 7, 9]);
  }
});

test('one that is sent again is the same message', async () => {
  const url = storage.queueUrl('once.fifo');
  await orderedQueue(url)([message(1, 'g'), message(2, 'g')]);
  await orderedQueue(url)([message(2, 'g'), message(3, 'g')]);

  expect(numbersOf(await drained(url))).toEqual([1, 2, 3]);
});

test('what is too large for one request goes in several; what no request takes is an error', async () => {
  const url = storage.queueUrl('large.fifo');
  const large = '渡'.repeat(100_000);
  await orderedQueue(url)(Array.from({ length: 6 }, (_, number) => message(number, 'g', large)));

  expect(numbersOf(await drained(url)).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  await expect(orderedQueue(url)([message(9, 'g', large.repeat(4))])).rejects.toThrow();
  expect(await drained(url)).toEqual([]);
});

test('they carry the id of the work that sends them; nothing to send asks for nothing', async () => {
  const url = storage.queueUrl('trace.fifo');
  await correlated('the-work', () => orderedQueue(url)([message(1, 'g')]));
  await orderedQueue('http://127.0.0.1:1/nobody')([]);

  expect((await drained(url))[0]?.MessageAttributes).toMatchObject({ correlation_id: { StringValue: 'the-work' } });
});
