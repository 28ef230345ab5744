import { tracingChannel } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Admin, Consumer } from '@platformatic/kafka';
import { type StreamPoller, startStreamPoller } from 'one-machine/doors/stream-poller.ts';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { streamProducer } from '#adapters/stream.ts';
import { arnOf, startTestHost, type TestHost } from '../../../packages/one-machine/test/functions/host.ts';

const group = '11111111-2222-4333-8444-555555555555';
// Asks its group about nothing for as long as a test may last.
const silence = { sessionTimeout: 3_600_000, rebalanceTimeout: 3_600_000, heartbeatInterval: 3_000_000 };
const source = {
  id: group,
  eventSourceArn: 'arn:aws:kafka:ap-northeast-1:000000000000:cluster/test/local-1',
  topic: 'one',
  functionArn: arnOf('consumer'),
  batchSize: 10,
  windowSeconds: 0,
  pollers: 1,
  partialAnswers: true,
  bisects: true,
  retries: 2,
  maximumAgeSeconds: undefined,
  failuresBucket: 'failures',
  startsAt: 'earliest',
} as const;
let directory: string;
let broker: RunningBroker;
let host: TestHost;
let poller: StreamPoller;
let told: string[];

const start = (port?: number) =>
  startBroker({ directory: join(directory, 'kafka'), onError: () => undefined, ...(port && { port }) });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  told = [];
  broker = await start();
  host = await startTestHost({
    consumer: {
      code: `export const handler = async ({ records }) => {
        for (const { value } of Object.values(records).flat()) console.log(Buffer.from(value, 'base64').toString());
      };`,
    },
  });
});

afterEach(async () => {
  await poller.stop();
  await host.stop();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

async function send(value: string): Promise<void> {
  const producer = streamProducer({ brokers: broker.address, auth: 'none', region: 'ap-northeast-1' });
  await producer.send([{ topic: 'one', value: Buffer.from(value) }]);
  await producer.close();
}

/** A member that asks its group about nothing once it is in it, so that the group waits for it when it changes. */
function silentMember(): Consumer {
  return new Consumer({
    clientId: 'silent',
    groupId: group,
    bootstrapBrokers: [broker.address],
    retries: 0,
    ...silence,
  });
}

/** How often clients of a name have begun to join a group since. */
function joinsOf(clientId: string): () => number {
  let joins = 0;
  tracingChannel('plt:kafka:consumer:group').start.subscribe((message) => {
    const { client, operation } = message as { readonly client: Consumer; readonly operation: string };
    if (client.clientId === clientId && operation === 'joinGroup') joins += 1;
  });
  return () => joins;
}

/** A poller that has delivered a record, and waits now to join its group anew: the group waits for one that doesn't know. */
async function joiningInVain() {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
  await admin.createTopics({ topics: ['one'], partitions: 1, replicas: 1 });
  await admin.close();
  poller = startStreamPoller({
    source,
    brokers: broker.address,
    functions: host.host,
    faults: host.faults,
    s3: new S3Client({ region: 'us-east-1' }),
    onError: (message) => told.push(message),
  });
  await send('before');
  await vi.waitFor(() => expect(host.lines).toContain('before'), { timeout: 600_000 });
  const joins = joinsOf('one-machine-poller');
  const silent = silentMember();
  await silent.joinGroup(silence);
  await vi.waitFor(() => expect(joins()).toBe(1), { timeout: 600_000 });
  const another = silentMember();
  const inVain = another.joinGroup(silence).catch(() => undefined);
  await vi.waitFor(() => expect(joins()).toBe(2), { timeout: 600_000 });
  return async () => {
    await inVain;
    await Promise.all([silent, another].map((client) => client.close().catch(() => undefined)));
  };
}

test('a poller that is stopped while it rejoins its group ends, and no other with it', async () => {
  const end = await joiningInVain();

  await poller.stop();
  expect(told).toEqual([]);
  await broker.stop();
  broker = await start();
  await end();
});

test('a poller whose broker goes while it joins its group anew is replaced, and goes on', async () => {
  const end = await joiningInVain();
  await broker.stop();
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(0), { timeout: 600_000 });
  broker = await start(broker.port);
  await send('after');

  await vi.waitFor(() => expect(host.lines).toContain('after'), { timeout: 600_000 });
  await end();
});
