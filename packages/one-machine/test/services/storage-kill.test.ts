import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startStorage } from '../../src/services/storage.ts';
import { testCredentials } from '../support/aws.ts';

const credentials = testCredentials;
const region = 'us-east-1';
const settings = { delaySeconds: 0, retentionSeconds: 345_600, maximumMessageBytes: 262_144, fifo: false };
const options = {
  buckets: [{ name: 'raw', versioned: false }],
  queues: [
    { ...settings, name: 'work', visibilityTimeoutSeconds: 600, deadLetter: { queue: 'dead', maxReceiveCount: 1 } },
    { ...settings, name: 'dead', visibilityTimeoutSeconds: 600 },
  ],
};

let directory: string;
let host: ChildProcess;
let s3: S3Client;
let sqs: SQSClient;
let queueUrl: string;

// The listener of this process never finishes: what it was told remains undelivered.
const hostProgram = `
import { startStorage } from ${JSON.stringify(join(import.meta.dirname, '../../src/services/storage.ts'))};
const storage = await startStorage({ credentials: ${JSON.stringify([testCredentials])}, directory: process.argv[1], ...${JSON.stringify(options)} });
storage.onObjectCreated(() => new Promise(() => {}));
console.log(JSON.stringify([storage.s3Url, storage.sqsUrl, storage.queueUrl('work')]));
`;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', hostProgram, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const [s3Url, sqsUrl, url] = JSON.parse(String(line)) as [string, string, string];
  host = child;
  queueUrl = url;
  s3 = new S3Client({ endpoint: s3Url, region, credentials, maxAttempts: 1 });
  sqs = new SQSClient({ endpoint: sqsUrl, region, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  host.kill('SIGKILL');
  s3.destroy();
  sqs.destroy();
  await rm(directory, { recursive: true, force: true });
});

async function kill(): Promise<void> {
  host.kill('SIGKILL');
  await once(host, 'exit');
}

async function receive(endpoint: string, QueueUrl: string): Promise<(string | undefined)[]> {
  const client = new SQSClient({ endpoint, region, credentials });
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  client.destroy();
  return (Messages ?? []).map(({ Body }) => Body);
}

test('a kill in the middle of writing loses no object that was acknowledged and shows none that is not whole', async () => {
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; ; index++) {
      const Key = `${writer}/${index}`;
      await s3.send(new PutObjectCommand({ Bucket: 'raw', Key, Body: Key.padEnd(200_000, '.') }));
      acknowledged.push(Key);
    }
  });
  const ended = Promise.allSettled(writers);
  while (acknowledged.length < 20) await sleep(5);
  await kill();
  await ended;

  const storage = await startStorage({ credentials: [testCredentials], directory, ...options });
  const client = new S3Client({ endpoint: storage.s3Url, region, credentials });
  const listed = await client.send(new ListObjectsV2Command({ Bucket: 'raw' }));
  const keys = (listed.Contents ?? []).map(({ Key = '' }) => Key);
  const bodies = await Promise.all(
    keys.map(async (Key) =>
      (await client.send(new GetObjectCommand({ Bucket: 'raw', Key }))).Body?.transformToString(),
    ),
  );
  client.destroy();
  await storage.stop();

  expect(keys).toEqual(expect.arrayContaining(acknowledged));
  expect(bodies).toEqual(keys.map((key) => key.padEnd(200_000, '.')));
});

test('an event that was not delivered before a kill is told after it', async () => {
  await s3.send(new PutObjectCommand({ Bucket: 'raw', Key: 'a', Body: 'abc' }));
  await kill();

  const storage = await startStorage({ credentials: [testCredentials], directory, ...options });
  const told = await new Promise((resolve) => storage.onObjectCreated(resolve));
  await storage.stop();

  expect(told).toMatchObject({ bucket: 'raw', key: 'a', size: 3 });
});

test('a message in flight at a kill comes back at once, and the try that the kill ended does not count', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'in flight' }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  await kill();

  for (const start of ['first', 'second']) {
    const storage = await startStorage({ credentials: [testCredentials], directory, ...options });
    const received = await receive(storage.sqsUrl, storage.queueUrl('work'));
    const dead = await receive(storage.sqsUrl, storage.queueUrl('dead'));
    await storage.stop();

    expect([received, dead], start).toEqual([['in flight'], []]);
  }
});

test('tries that were over before a kill still count after it', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'tried' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  const [{ ReceiptHandle } = {}] = Messages ?? [];
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await kill();

  const storage = await startStorage({ credentials: [testCredentials], directory, ...options });
  const received = await receive(storage.sqsUrl, storage.queueUrl('work'));
  const dead = await receive(storage.sqsUrl, storage.queueUrl('dead'));
  await storage.stop();

  expect([received, dead]).toEqual([[], ['tried']]);
});
