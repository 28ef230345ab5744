import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Admin } from '@platformatic/kafka';
import { freePort } from 'one-machine/services/free-port.ts';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureTopics } from '#adapters/stream/topics.ts';
import { UnavailableError } from '#kit/errors.ts';

let directory: string;
let broker: RunningBroker;
let admin: Admin;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-topics-'));
  broker = await startBroker({ directory, onError: (message) => expect.fail(message) });
  admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
});

afterAll(async () => {
  await admin.close();
  await broker.stop();
  await rm(directory, { recursive: true });
});

const address = (brokers: string) => ({ KAFKA_BROKERS: brokers, KAFKA_AUTH: 'none', KAFKA_REGION: 'r' }) as const;
const topic = (name: string, partitions: number, configs = {}) => ({ name, partitions, configs });

async function partitionsOf(name: string): Promise<number | undefined> {
  const { topics } = await admin.metadata({ topics: [name], forceUpdate: true });
  return topics.get(name)?.partitionsCount;
}

test('topics are made once, grow when asked, and never shrink', async () => {
  const ensure = (...wanted: ReturnType<typeof topic>[]) => ensureTopics(address(broker.address), wanted);

  expect(await ensure(topic('in', 2, { 'retention.ms': '5000' }), topic('out', 1))).toEqual({
    in: 'made',
    out: 'made',
  });
  expect(await ensure(topic('in', 2), topic('out', 3))).toEqual({ in: 'there', out: 'grown' });
  expect(await ensure(topic('in', 1))).toEqual({ in: 'there' });
  expect(await Promise.all(['in', 'out'].map(partitionsOf))).toEqual([2, 3]);
});

test('a broker that refuses, or is away, is told with its reason', async () => {
  await expect(ensureTopics(address(broker.address), [topic('no topic', 1)])).rejects.toThrow(
    /^Kafka did not make the topics: .*\w/,
  );
  const nobody = ensureTopics(address(`127.0.0.1:${await freePort(0)}`), [topic('in', 1)]);
  await expect(nobody).rejects.toThrow(UnavailableError);
});
