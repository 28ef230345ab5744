import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from '../../../src/services/kafka/broker.ts';
import { configFault } from '../../../src/services/kafka/log/topic-config.ts';
import { type Clients, clientsOf } from '../../support/kafka/clients.ts';

let directory: string;
let broker: RunningBroker;
let clients: Clients;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'one-machine-test-'));
  broker = await startBroker({ directory, onError: (message) => expect.fail(message) });
  clients = clientsOf(broker.address);
});

afterEach(async () => {
  await clients.close();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

const kafkaJs = () =>
  new Kafka({ clientId: 'test', brokers: [broker.address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });

test.each([
  ['cleanup.policy', 'compact', 'always delete'],
  ['cleanup.policy', 'compact,delete', 'always delete'],
  ['compression.type', 'gzip', 'always producer'],
  ['message.timestamp.type', 'LogAppendTime', 'always CreateTime'],
  ['min.insync.replicas', '2', 'always 1'],
  ['no.such.setting', '1', 'not a setting'],
  ['segment.ms', '1000', 'not a setting'],
  ['constructor', '1', 'not a setting'],
  ['retention.ms', '-2', 'from -1'],
  ['retention.ms', 'a week', 'takes a whole number'],
  ['retention.ms', '', 'takes a whole number'],
  ['retention.ms', '1.5', 'takes a whole number'],
  ['retention.ms', '99999999999999999999', 'takes a whole number'],
  ['retention.bytes', '-7', 'from -1'],
  ['segment.bytes', '0', 'from 14'],
  ['segment.bytes', '-1', 'from 14'],
  ['max.message.bytes', '-1', 'from 0'],
  ['max.message.bytes', '3000000000', 'to 2147483647'],
])('a topic with %s=%s is refused, and is not there', async (name, value, words) => {
  const admin = kafkaJs().admin();
  await admin.connect();
  const topics = [{ topic: 'refused', configEntries: [{ name, value }] }];
  const refused = await admin.createTopics({ topics }).catch((error: unknown) => error);
  const there = await admin.listTopics();
  await admin.disconnect();

  expect(refused).toMatchObject({ errors: [{ type: 'INVALID_CONFIG', message: expect.any(String) }] });
  expect(configFault([{ name, value }])).toContain(words);
  expect(there).not.toContain('refused');
});

test('a topic says of its settings what it does', async () => {
  const admin = kafkaJs().admin();
  await admin.connect();
  const configEntries = [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: '-1' },
    { name: 'segment.bytes', value: '1048576' },
  ];
  await admin.createTopics({ topics: [{ topic: 'taken', configEntries }] });
  await admin.disconnect();
  const [described] = await clients.admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: 'taken' }] });

  expect(Object.fromEntries((described?.configs ?? []).map(({ name, value }) => [name, value]))).toMatchObject({
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'segment.bytes': '1048576',
    'max.message.bytes': String(1024 * 1024 + 12),
  });
  expect(configFault([...configEntries, { name: 'retention.ms', value: '5' }])).toContain('twice');
});

test('partitions that are assigned to brokers nobody has are refused', async () => {
  const admin = kafkaJs().admin();
  await admin.connect();
  const created = async (replicaAssignment: { partition: number; replicas: number[] }[]) =>
    admin.createTopics({ topics: [{ topic: 'placed', replicaAssignment }] }).then(
      () => 'created',
      ({ errors: [error] }: { errors: { type: string }[] }) => error?.type,
    );
  const elsewhere = await created([{ partition: 0, replicas: [7] }]);
  const twice = await created([{ partition: 0, replicas: [1, 2] }]);
  const gap = await created([{ partition: 1, replicas: [1] }]);
  const here = await created([
    { partition: 1, replicas: [1] },
    { partition: 0, replicas: [1] },
  ]);
  await admin.disconnect();

  expect([elsewhere, twice, gap]).toEqual(Array(3).fill('INVALID_REPLICA_ASSIGNMENT'));
  expect(here).toBe('created');
});
