import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach } from 'vitest';
import { type Storage, startStorage } from '../../src/services/storage.ts';
import { testCredentials } from '../support/aws.ts';

let directory: string;
export let storage: Storage;
export let sqs: SQSClient;

const settings = { delaySeconds: 0, retentionSeconds: 345_600, maximumMessageBytes: 2_048, fifo: false };

/**
 * The queues `work`, `dead` and `ordered.fifo`, new for each test of whoever calls this. By a call and not at the import:
 * in a process that several files share, this file is read once.
 */
export function useQueues(): void {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
    await start();
  });
  afterEach(async () => {
    sqs.destroy();
    await storage.stop();
    await rm(directory, { recursive: true, force: true });
  });
}

async function start(): Promise<void> {
  const queues = [
    {
      ...settings,
      name: 'work',
      visibilityTimeoutSeconds: 30,
      deadLetter: { queue: 'dead', maxReceiveCount: 2 },
    },
    { ...settings, name: 'dead', visibilityTimeoutSeconds: 30 },
    { ...settings, name: 'ordered.fifo', visibilityTimeoutSeconds: 30, fifo: true },
  ];
  storage = await startStorage({ credentials: [testCredentials], directory, buckets: [], queues });
  const credentials = testCredentials;
  sqs = new SQSClient({ endpoint: storage.sqsUrl, region: 'us-east-1', credentials, maxAttempts: 1 });
}

/** What is done between has the folder to itself. */
export async function restart(between: (directory: string) => void = () => undefined): Promise<void> {
  sqs.destroy();
  await storage.stop();
  between(directory);
  await start();
}

export function send(MessageBody: string) {
  return sqs.send(new SendMessageCommand({ QueueUrl: storage.queueUrl('work'), MessageBody }));
}

export async function receive(queue = 'work', WaitTimeSeconds = 0, MessageSystemAttributeNames: 'All'[] = []) {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: storage.queueUrl(queue),
      WaitTimeSeconds,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages ?? [];
}

export function release(ReceiptHandle: string | undefined) {
  const QueueUrl = storage.queueUrl('work');
  return sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
}

export const bodiesOf = (messages: readonly { Body?: string | undefined }[]) => messages.map(({ Body }) => Body);
