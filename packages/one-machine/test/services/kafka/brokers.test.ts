import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apacheMissing, startApache } from '../../support/kafka/apache.ts';
import type { BrokerUnderTest } from '../../support/kafka/broker-under-test.ts';
import { type Clients, clientsOf } from '../../support/kafka/clients.ts';
import { startEmbedded } from '../../support/kafka/embedded.ts';

const kinds = [
  { name: 'the embedded broker', start: startEmbedded, missing: undefined },
  { name: 'Apache Kafka', start: startApache, missing: apacheMissing },
] as const;
const kcat = spawnSync('kcat', ['-V']).error === undefined;
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe.each(kinds)('$name', ({ name, start, missing }) => {
  if (missing !== undefined) {
    test.skip(`${name} needs ${missing}, which this machine lacks`, () => undefined);
    return;
  }
  let broker: BrokerUnderTest;
  let clients: Clients;
  const topic = (partitions = 1) => clients.topic(`t-${randomUUID()}`, partitions);
  const kafkaJs = () => new Kafka({ clientId: 'test', brokers: [broker.brokers], logLevel: logLevel.NOTHING });

  beforeAll(async () => {
    broker = await start();
    clients = clientsOf(broker.brokers);
  }, 600_000);

  afterAll(async () => {
    await clients?.close();
    await broker?.stop();
  });

  const send = async (to: string, values: readonly number[]) => {
    const messages = values.map((value) => ({ topic: to, value: Buffer.from(String(value)) }));
    await clients.producer().send({ messages });
  };

  test('gives back keys, values, tombstones, and headers in their order', async () => {
    const to = await topic();
    const headers = new Map(['1', '2'].map((value) => [Buffer.from('same'), Buffer.from(value)]));
    await clients.producer().send({
      messages: [
        { topic: to, key: Buffer.from('k'), value: Buffer.from('v'), headers },
        { topic: to, key: Buffer.from('k') },
      ],
    });
    const [first, second] = await clients.read(to, 2);

    expect(
      [first?.key, first?.value, second?.key, second?.value ?? null].map((bytes) => bytes && String(bytes)),
    ).toEqual(['k', 'v', 'k', null]);
    expect(first?.headerEntries.map((entry) => entry.map(String))).toEqual([
      ['same', '1'],
      ['same', '2'],
    ]);
    expect([first?.offset, second?.offset]).toEqual([0n, 1n]);
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'keeps batches compressed by %s',
    async (compression) => {
      const to = await topic();
      const producer = clients.producer(compression);
      await producer.send({ messages: numbers(500).map((one) => ({ topic: to, value: Buffer.from(`value ${one}`) })) });
      const seen = await clients.read(to, 500);

      expect(seen.map(({ value }) => String(value))).toEqual(numbers(500).map((one) => `value ${one}`));
    },
  );

  test('keeps the order of each of four partitions, and a key in one of them', async () => {
    const to = await topic(4);
    const producer = clients.producer();
    for (const round of numbers(10)) {
      const messages = numbers(40).map((key) => ({
        topic: to,
        key: Buffer.from(`key ${key}`),
        value: Buffer.from(String(round)),
      }));
      await producer.send({ messages });
    }
    const byKey = Map.groupBy(await clients.read(to, 400), ({ key }) => String(key));

    for (const records of byKey.values()) {
      expect(new Set(records.map(({ partition }) => partition)).size).toBe(1);
      expect(records.map(({ value }) => Number(value))).toEqual(numbers(10));
    }
    expect(new Set([...byKey.values()].map(([first]) => first?.partition)).size).toBe(4);
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'finds the first record of a time inside a batch (%s)',
    async (compression) => {
      const to = await topic();
      const batch = (times: readonly number[]) => ({
        messages: times.map((time) => ({ topic: to, value: Buffer.from('x'.repeat(100)), timestamp: BigInt(time) })),
      });
      const producer = clients.producer(compression);
      // Times need not rise within a batch.
      await producer.send(batch([1000, 3000, 2000, 4000]));
      await producer.send(batch([5000, 6000]));
      const admin = kafkaJs().admin();
      await admin.connect();
      const at = async (time: number) => (await admin.fetchTopicOffsetsByTimestamp(to, time))[0]?.offset;
      const found = [];
      for (const time of [0, 1000, 1001, 2000, 3500, 4000, 4001, 5001, 6000]) found.push(await at(time));
      // kafkajs asks for the end where there is none.
      const none = await at(6001);
      await admin.disconnect();

      expect(found).toEqual(['0', '0', '1', '1', '3', '3', '4', '5', '5']);
      expect(none).toBe('6');
    },
  );

  test('deals partitions anew when a consumer joins its group and when it leaves', async () => {
    const to = await topic(4);
    const group = `g-${to}`;
    const partitions = (consumer: ReturnType<Clients['consumer']>) =>
      consumer.assignments?.flatMap((assignment) => assignment.partitions).toSorted() ?? [];
    const first = clients.consumer(group);
    const stream = await first.consume({ topics: [to], mode: 'earliest' });
    stream.resume();
    expect(partitions(first)).toEqual([0, 1, 2, 3]);

    const second = clients.consumer(group);
    (await second.consume({ topics: [to], mode: 'earliest' })).resume();
    await vi.waitFor(() => expect([partitions(first).length, partitions(second).length]).toEqual([2, 2]), 300_000);
    expect([...partitions(first), ...partitions(second)].sort()).toEqual([0, 1, 2, 3]);

    await second.close(true);
    await vi.waitFor(() => expect(partitions(first)).toEqual([0, 1, 2, 3]), 300_000);
    await first.close(true);
  });

  test('knows after a restart what was produced, committed and created', async () => {
    const to = await topic(4);
    await send(to, numbers(100));
    const consumer = clients.consumer(`g-${to}`);
    const stream = await consumer.consume({ topics: [to], mode: 'earliest' });
    let seen = 0;
    for await (const message of stream) {
      await message.commit();
      seen += 1;
      if (seen === 60) break;
    }
    await consumer.close(true);
    await broker.restart('SIGTERM');

    const later = clients.consumer(`g-${to}`);
    const rest = await later.consume({ topics: [to], mode: 'committed', fallbackMode: 'earliest' });
    let left = 0;
    for await (const _message of rest) {
      left += 1;
      if (left === 40) break;
    }
    await later.close(true);
    expect((await clients.admin.metadata({ topics: [to] })).topics.get(to)?.partitionsCount).toBe(4);
    expect(new Set((await clients.read(to, 100)).map(({ value }) => Number(value))).size).toBe(100);
  });

  test('loses nothing it acknowledged, and doubles nothing, when it is killed in the middle', async () => {
    const to = await topic();
    const producer = clients.producer('zstd');
    const sending = (async () => {
      for (const batch of numbers(60)) {
        const messages = numbers(50, batch * 50).map((one) => ({ topic: to, value: Buffer.from(String(one)) }));
        await producer.send({ messages });
      }
    })();
    await vi.waitFor(async () => expect((await clients.read(to, 100)).length).toBe(100), 300_000);
    await broker.restart('SIGKILL');
    await sending;
    const seen = await clients.read(to, 3000);

    expect(seen.map(({ value }) => Number(value))).toEqual(numbers(3000));
  });

  test('answers kafkajs: an idempotent producer, gzip, a group that goes on where it was', async () => {
    const to = await topic(2);
    const kafka = kafkaJs();
    const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = numbers(200).map((one) => ({ key: String(one), value: String(one), headers: { a: ['1', '2'] } }));
    await producer.send({ topic: to, compression: CompressionTypes.GZIP, messages });
    await producer.disconnect();
    const consumer = kafka.consumer({ groupId: `g-${to}` });
    await consumer.connect();
    await consumer.subscribe({ topic: to, fromBeginning: true });
    const seen: string[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
    await vi.waitFor(() => expect(seen).toHaveLength(200), 300_000);
    await consumer.disconnect();

    const admin = kafka.admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([`g-${to}`]);
    expect(groups[0]?.state).toBe('Empty');
    await admin.setOffsets({ groupId: `g-${to}`, topic: to, partitions: [{ partition: 0, offset: '1' }] });
    const [offsets] = await admin.fetchOffsets({ groupId: `g-${to}`, topics: [to] });
    expect(offsets?.partitions.find(({ partition }) => partition === 0)?.offset).toBe('1');
    await admin.deleteGroups([`g-${to}`]);
    await admin.deleteTopics({ topics: [to] });
    await vi.waitFor(async () => expect(await admin.listTopics()).not.toContain(to), 300_000);
    await admin.disconnect();
  });

  test('says no to a topic that is not there, one that is there already, and a record that is too large', async () => {
    const to = await topic();
    const producer = clients.producer('none', 2);
    const noise = Buffer.concat(numbers(30).map(() => crypto.getRandomValues(Buffer.alloc(60_000))));

    await expect(producer.send({ messages: [{ topic: 'nobody-made-it', value: noise }] })).rejects.toThrow();
    await expect(clients.topic(to)).rejects.toThrow();
    await expect(producer.send({ messages: [{ topic: to, value: noise }] })).rejects.toThrow();
  });

  test('finds offsets by time', async () => {
    const to = await topic();
    await send(to, [1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const between = BigInt(Date.now());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send(to, [2]);
    const found = await clients.consumer('by-time').listOffsets({ topics: [to], timestamp: between });

    expect(found.get(to)).toEqual([1n]);
  });

  test.skipIf(!kcat)(`serves kcat${kcat ? '' : ', which this machine lacks'}`, async () => {
    const to = await topic();
    const call = (...options: string[]) => ['-b', broker.brokers, '-t', to, ...options];
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
      const input = numbers(50)
        .map((one) => `k${one}:${codec} ${one}`)
        .join('\n');
      const sent = spawnSync('kcat', call('-P', '-K:', '-z', codec, '-X', 'enable.idempotence=true'), { input });
      expect(String(sent.stderr)).not.toMatch(/ERROR/);
    }
    const read = spawnSync('kcat', call('-C', '-e', '-q', '-f', '%k %s\n'), { encoding: 'utf8' });
    const earliest = ['-X', 'auto.offset.reset=earliest'];
    const joining = ['-b', broker.brokers, '-q', '-e', ...earliest, '-G', `g-${to}`, to];
    const group = spawnSync('kcat', joining, { encoding: 'utf8' });

    expect(read.stdout.trim().split('\n')).toHaveLength(200);
    expect(read.stdout).toContain('k49 zstd 49');
    expect(group.stdout.trim().split('\n')).toHaveLength(200);
  });

  test.skipIf(!kcat)(`deals partitions anew among kcat’s${kcat ? '' : ', which this machine lacks'}`, async () => {
    const to = await topic(4);
    const first = kcatMember(broker.brokers, to);
    try {
      await vi.waitFor(() => expect(first.partitions()).toBe(4), 300_000);
      const second = kcatMember(broker.brokers, to);
      try {
        await vi.waitFor(() => expect([first.partitions(), second.partitions()]).toEqual([2, 2]), 300_000);
        await send(to, numbers(200));
        await vi.waitFor(() => expect(first.read() + second.read()).toBe(200), 300_000);
        expect(second.read()).toBeGreaterThan(0);
      } finally {
        await second.leave();
      }
      await vi.waitFor(() => expect(first.partitions()).toBe(4), 300_000);
      await send(to, numbers(100, 200));
      await vi.waitFor(() => expect(first.read() + second.read()).toBe(300), 300_000);
    } finally {
      await first.leave();
    }
  });
});

/** One kcat in a topic's group. */
function kcatMember(brokers: string, topic: string) {
  const earliest = ['-X', 'auto.offset.reset=earliest'];
  const child = spawn('kcat', ['-b', brokers, '-u', ...earliest, '-G', `kcat-${topic}`, topic]);
  let [out, said] = ['', ''];
  child.stdout.on('data', (bytes) => {
    out += bytes;
  });
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  return {
    read: () => out.split('\n').length - 1,
    /** Of the last deal. */
    partitions: () => said.split('assigned: ').at(-1)?.split('\n')[0]?.split(',').length,
    async leave() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
