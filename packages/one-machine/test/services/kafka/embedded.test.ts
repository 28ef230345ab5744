import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, globSync, truncateSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunningBroker, startBroker } from '../../../src/services/kafka/broker.ts';
import { Groups } from '../../../src/services/kafka/groups/groups.ts';
import type { Joining } from '../../../src/services/kafka/groups/joining.ts';
import { CommittedOffsets } from '../../../src/services/kafka/groups/offsets.ts';
import { Partition } from '../../../src/services/kafka/log/partition.ts';
import { crc32c } from '../../../src/services/kafka/wire/crc32c.ts';
import { type Clients, clientsOf } from '../../support/kafka/clients.ts';

let directory: string;
let broker: RunningBroker;
let clients: Clients;
let errors: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'one-machine-test-'));
  errors = [];
  broker = await startBroker({ directory, onError: (message) => errors.push(message) });
  clients = clientsOf(broker.address);
});

afterEach(async () => {
  await clients.close();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

const restart = async () => {
  await broker.stop();
  broker = await startBroker({ directory, port: broker.port, onError: (message) => errors.push(message) });
};
const logFiles = () => globSync(path.join(directory, 'topics/*/*/*.log'));
const keeping = { segmentBytes: 2000, retentionMs: -1, retentionBytes: -1, maxMessageBytes: 1_000_000 };
const closed = (folder: string) => path.join(directory, folder);

/** A batch of so many records by a producer, as its header tells; the records themselves are noise to the broker. */
function batch(changes: { sequence?: number; producer?: number; epoch?: number; at?: number; count?: number } = {}) {
  const { sequence = 0, producer = 7, epoch = 0, at = 1000, count = 1 } = changes;
  const bytes = Buffer.alloc(200, 'x');
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(200 - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(0, 21);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeBigInt64BE(BigInt(at), 27);
  bytes.writeBigInt64BE(BigInt(at), 35);
  bytes.writeBigInt64BE(BigInt(producer), 43);
  bytes.writeInt16BE(epoch, 51);
  bytes.writeInt32BE(sequence, 53);
  bytes.writeInt32BE(count, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

test('the checksum is Castagnoli’s', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('a repeated batch is in the log once, also when the answer got lost before a restart', () => {
  const first = new Partition(closed('p'), keeping);
  for (const sequence of [0, 1, 2]) first.append(batch({ sequence }));
  expect(first.append(batch({ sequence: 1 }))).toEqual({ error: 0, baseOffset: 1 });
  first.close();
  const second = new Partition(closed('p'), keeping);

  expect(second.append(batch({ sequence: 2 }))).toEqual({ error: 0, baseOffset: 2 });
  expect(second.append(batch({ sequence: 5 }))).toEqual({ error: 45 });
  expect(second.append(batch({ sequence: 3 }))).toEqual({ error: 0, baseOffset: 3 });
  expect(second.append(batch({ epoch: 1, sequence: 0 }))).toEqual({ error: 0, baseOffset: 4 });
  expect(second.append(batch({ sequence: 4 }))).toEqual({ error: 47 });
  second.close();
});

test('sequences are known across finished segments, whose notes may be missing', () => {
  const first = new Partition(closed('p'), keeping);
  for (let sequence = 0; sequence < 25; sequence += 1) first.append(batch({ sequence }));
  first.close();
  for (const note of globSync(closed('p/*.json'))) truncateSync(note, 5);
  const second = new Partition(closed('p'), keeping);

  expect(second.endOffset).toBe(25);
  expect(second.append(batch({ sequence: 24 }))).toEqual({ error: 0, baseOffset: 24 });
  expect(second.append(batch({ sequence: 25 }))).toEqual({ error: 0, baseOffset: 25 });
  second.close();
});

test('a batch whose checksum is wrong, an old format, a transaction are refused', () => {
  const partition = new Partition(closed('p'), keeping);
  const spoilt = batch();
  spoilt[150] = 0;
  const old = batch();
  old.writeInt8(1, 16);
  const transactional = batch();
  transactional.writeInt16BE(0x10, 21);
  transactional.writeUInt32BE(crc32c(transactional.subarray(21)), 17);

  expect([spoilt, old, transactional].map((bytes) => partition.append(bytes).error)).toEqual([2, 43, 87]);
  expect(partition.endOffset).toBe(0);
  partition.close();
});

test('old and excessive segments go, whole, and reading starts behind them', () => {
  const byTime = new Partition(closed('t'), { ...keeping, retentionMs: 500 });
  for (let sequence = 0; sequence < 30; sequence += 1) byTime.append(batch({ sequence, at: sequence * 100 }));
  byTime.retain(2500);
  const bySize = new Partition(closed('s'), { ...keeping, retentionBytes: 2000 });
  for (let sequence = 0; sequence < 30; sequence += 1) bySize.append(batch({ sequence }));
  bySize.retain(0);

  expect([byTime.startOffset, byTime.endOffset]).toEqual([20, 30]);
  expect([bySize.startOffset, bySize.bytes]).toEqual([20, 2000]);
  expect(byTime.read(19, 1000)).toBeUndefined();
  expect(byTime.read(20, 1000)?.readBigInt64BE(0)).toBe(20n);
  byTime.close();
  bySize.close();
});

test('a torn end is cut off and everything before it is there', async () => {
  const to = await clients.topic('torn');
  await clients.producer().send({ messages: [{ topic: to, value: Buffer.from('whole') }] });
  const [file = ''] = logFiles();
  const { size } = await stat(file);
  appendFileSync(file, batch().subarray(0, 130));
  await restart();

  expect(broker.cutBytes).toBe(130);
  expect((await stat(file)).size).toBe(size);
  expect((await clients.read(to, 1)).map(({ value }) => String(value))).toEqual(['whole']);
});

test('half a line of committed offsets counts for nothing', () => {
  const file = closed('offsets.jsonl.test');
  const first = new CommittedOffsets(file);
  first.commit('g', [{ topic: 't', partition: 0, offset: 5, metadata: '' }]);
  first.commit('g', [{ topic: 't', partition: 0, offset: 9, metadata: 'm' }]);
  first.close();
  appendFileSync(file, '{"group":"g","topic":"t","parti');
  const second = new CommittedOffsets(file);

  expect(second.get('g', 't', 0)).toEqual({ offset: 9, metadata: 'm' });
  second.deleteTopic('t');
  expect(second.get('g', 't', 0)).toBeUndefined();
  second.close();
});

test('tells a header without a value from one with an empty one', async () => {
  const to = await clients.topic('headers');
  const headers = new Map([
    [Buffer.from('none'), null],
    [Buffer.from('empty'), Buffer.alloc(0)],
  ]) as Map<Buffer, Buffer>;
  await clients.producer().send({ messages: [{ topic: to, value: Buffer.from('v'), headers }] });
  const [read] = await clients.read(to, 1);

  expect(read?.headerEntries.map(([name, value]) => [String(name), value?.length])).toEqual([
    ['none', undefined],
    ['empty', 0],
  ]);
});

test('a batch that can’t be looked into has no record of a time, and the broker goes on', () => {
  const partition = new Partition(closed('p'), keeping);
  const packed = batch({ at: 5000 });
  packed.writeInt16BE(1, 21);
  packed.writeUInt32BE(crc32c(packed.subarray(21)), 17);
  partition.append(packed);

  expect(() => partition.firstFrom(1)).toThrow();
  expect(partition.firstFrom(6000)).toBeUndefined();
  partition.close();
});

test('a topic deleted and made again is empty, and no group remembers it', async () => {
  const to = await clients.topic('again', 2);
  await clients.producer().send({ messages: [{ topic: to, value: Buffer.from('old') }] });
  await clients.admin.deleteTopics({ topics: [to] });
  await restart();
  await clients.topic(to, 3);

  expect(logFiles()).toHaveLength(3);
  expect((await clients.consumer('x').listOffsets({ topics: [to] })).get(to)).toEqual([0n, 0n, 0n]);
});

test('a member that falls silent is out of its group, and the others are told to join anew', async () => {
  const groups = new Groups();
  const joining = (clientId: string, sessionTimeoutMs: number): Joining => ({
    clientId,
    host: '',
    request: {
      group: 'g',
      sessionTimeoutMs,
      rebalanceTimeoutMs: 60_000,
      member: '',
      kind: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    },
  });
  const [silent, lively] = await Promise.all([
    groups.join(joining('silent', 100), 0),
    groups.join(joining('lively', 60_000), 0),
  ]);
  expect([silent.generation, lively.generation]).toEqual([1, 1]);

  await vi.waitFor(() => expect(groups.get('g')?.members.map(({ clientId }) => clientId)).toEqual(['lively']), 300_000);
  expect(groups.get('g')?.heartbeat(silent.member, 1)).toBe(25);
  expect(groups.get('g')?.heartbeat(lively.member, 1)).toBe(27);
  groups.close();
});

test('who insists on a password is told that there is none', async () => {
  const sasl = { mechanism: 'plain', username: 'a', password: 'b' } as const;
  const kafka = new Kafka({
    clientId: 'x',
    brokers: [broker.address],
    sasl,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });

  await expect(kafka.admin().connect()).rejects.toThrow(/does not support the requested SASL mechanism/);
});

test('a transaction is refused', async () => {
  const kafka = new Kafka({
    clientId: 'x',
    brokers: [broker.address],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1 },
  });
  const producer = kafka.producer({ transactionalId: 't', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();

  await expect(producer.transaction()).rejects.toThrow();
  await producer.disconnect();
});

const kcat = spawnSync('kcat', ['-V']).error === undefined;

test.skipIf(!kcat)(`librdkafka is told so at once${kcat ? '' : ' (this machine lacks kcat)'}`, async () => {
  await clients.topic('plain');
  const said = await new Promise<string>((resolve) => {
    const options = ['-b', broker.address, '-P', '-t', 'plain', '-X', 'transactional.id=t'];
    execFile('kcat', options, (_error, _out, text) => resolve(text)).stdin?.end('hello');
  });

  expect(said).toMatch(/TransactionalId authorization failed|Transactional Id authorization failed/i);
  expect(said).not.toContain('Timed out');
});

test('a client that speaks nonsense is hung up on, and the others are served', async () => {
  const [host = '', port = '0'] = broker.address.split(':');
  const nonsense = ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\u0004\0\u0063\0\0', '\x7f\x7f\x7f\x7f'];
  for (const text of nonsense) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), host);
      socket.on('close', () => resolve()).on('error', () => undefined);
      socket.write(text);
    });
  }

  expect(await clients.admin.listTopics()).toEqual([]);
});
