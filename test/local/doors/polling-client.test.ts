import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pollingClient } from '../../../local/doors/polling-client.ts';
import { type Storage, startStorage } from '../../../local/services/storage.ts';
import { testCredentials } from '../../support/aws.ts';

const names = Array.from({ length: 70 }, (_, number) => `Queue-${number}`);
const common = {
  delaySeconds: 0,
  retentionSeconds: 3600,
  maximumMessageBytes: 262_144,
  fifo: false,
  visibilityTimeoutSeconds: 30,
  deadLetter: undefined,
};
let directory: string;
let storage: Storage;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const queues = names.map((name) => ({ ...common, name }));
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
});

afterEach(async () => {
  await storage.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a message of one queue never waits for the polls of seventy others to end', async () => {
  const client = pollingClient(storage.sqsUrl, testCredentials);
  const over = new AbortController();
  const ended: string[] = [];
  const polls = names.map(async (name) => {
    const poll = new ReceiveMessageCommand({ QueueUrl: storage.queueUrl(name), WaitTimeSeconds: 20 });
    const { Messages } = await client.send(poll, { abortSignal: over.signal });
    ended.push(Messages ? `${name}: ${Messages[0]?.Body}` : `${name}: nothing`);
  });
  const last = names.at(-1) ?? '';
  await client.send(new SendMessageCommand({ QueueUrl: storage.queueUrl(last), MessageBody: 'first' }));
  await Promise.race(polls);
  over.abort();
  await Promise.allSettled(polls);

  // Whatever the machine does meanwhile, the first poll to end is the one that a message has ended.
  expect(ended[0]).toBe(`${last}: first`);
});
