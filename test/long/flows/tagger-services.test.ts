import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { failedBatch } from 'one-machine/doors/stream-poller/failed-batch.ts';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startControl } from '../../../local/console/control.ts';
import { type Flow, startFlow } from '../../flows/flow.ts';
import { type PagesSite, sentence, startPagesSite } from '../../flows/pages-site.ts';
import { producerTo, type Reading, readTopic } from '../../flows/topics.ts';
import { synthesized } from '../../support/assembly.ts';

/** Several services in one stack, one with topics of its own names; clients of all kinds; and what is done again. */

let assembly: string;
let flow: Flow;
let site: PagesSite;
let control: Awaited<ReturnType<typeof startControl>>;
let producer: ReturnType<typeof producerTo>;
let readings: Readonly<Record<'wx' | 'app', Reading>>;

const topics = {
  wx: { in: 'wx.messages', out: 'wx.messages.tagged' },
  app: { in: 'posts', out: 'tagged_posts' },
} as const;
type Service = keyof typeof topics;

beforeAll(async () => {
  assembly = await synthesized(({ workloads: { tagger } }) => ({
    // Its topics are made by a function of ours, within the start as within a deployment.
    broker: 'serverless',
    workloads: {
      tagger: {
        ...tagger,
        services: [
          { name: 'wx', ...topics.wx, compression: 'gzip' },
          { name: 'app', ...topics.app, compression: 'zstd' },
        ],
      },
    },
  }));
  site = await startPagesSite();
  flow = await startFlow({ PAGE_ALLOWED: site.host, PAGE_GAP_MS: '10', PAGE_TIMEOUT_MS: '5000' }, undefined, assembly);
  control = await startControl(flow.running.stack);
  const brokers = kafka();
  producer = producerTo(brokers);
  readings = { wx: await readTopic(brokers, topics.wx.out), app: await readTopic(brokers, topics.app.out) };
}, 600_000);

afterAll(async () => {
  for (const reading of Object.values(readings ?? {})) await reading.stop();
  await producer?.close();
  await control?.stop();
  await flow?.stop();
  await site?.stop();
  if (assembly) await rm(assembly, { recursive: true, force: true });
});

const patience = { timeout: 300_000, interval: 100 };

function kafka(): string {
  const { kafka: broker } = flow.running.stack.services;
  if (!broker) throw new Error('No broker runs');
  return broker.brokers;
}

async function produce(
  service: Service,
  messages: readonly { key: string; value: string | Buffer; partition: number }[],
) {
  return producer.send(
    messages.map(({ key, value, partition }) => ({
      topic: topics[service].in,
      partition,
      key: Buffer.from(key),
      value: Buffer.from(value),
    })),
  );
}

const outputs = (service: Service, key: string) =>
  readings[service].records
    .filter((record) => record.key === key)
    .map((record) => ({ ...record, message: JSON.parse(record.value.toString()) as Record<string, unknown> }));

async function outputOf(service: Service, key: string) {
  await expect.poll(() => outputs(service, key), patience).not.toEqual([]);
  const [first] = outputs(service, key);
  if (!first) throw new Error(`${key} was not tagged`);
  return first;
}

test('each service reads its own topic and writes its own, in the order of each key', async () => {
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  for (const service of ['wx', 'app'] as const)
    await produce(
      service,
      numbers.map((number) => ({
        key: `${service}-k${number % 4}`,
        partition: number % 4,
        value: JSON.stringify({
          number,
          service,
          text: service === 'wx' ? '国足主场两球取胜' : '央行下调存款准备金率',
        }),
      })),
    );

  for (const service of ['wx', 'app'] as const) {
    await expect.poll(() => readings[service].records.length, patience).toBe(numbers.length);
    for (const rest of [0, 1, 2, 3]) {
      const got = outputs(service, `${service}-k${rest}`);
      expect(got.map(({ message }) => message.number)).toEqual(numbers.filter((number) => number % 4 === rest));
      expect(new Set(got.map(({ message }) => message.service))).toEqual(new Set([service]));
      expect(new Set(got.map(({ partition }) => partition))).toEqual(new Set([rest]));
    }
  }
});

test('a page of one service’s message goes into that service’s topic', async () => {
  await produce('app', [
    { key: 'paged', partition: 3, value: JSON.stringify({ type: 3, url: `${site.url}/good`, text: '短讯' }) },
  ]);
  const { partition, headers, message } = await outputOf('app', 'paged');

  expect(message.content).toContain(sentence);
  expect(partition).toBe(3);
  expect(headers).toContainEqual(['millrace-source-topic', 'posts']);
  expect(outputs('wx', 'paged')).toEqual([]);
});

test('a key and headers that no queue takes go with their message all the same', async () => {
  const key = Buffer.alloc(500_000, 'k');
  const header = Buffer.alloc(200_000, 201);
  await producer.send([
    {
      topic: 'posts',
      partition: 0,
      key,
      value: Buffer.from(JSON.stringify({ type: 3, url: `${site.url}/good`, text: '短讯' })),
      headers: new Map([[Buffer.from('large'), header]]),
    },
  ]);
  const { headers, message } = await outputOf('app', key.toString());

  expect(message.content).toContain(sentence);
  expect(headers[0]).toEqual(['large', header.toString('latin1')]);
});

interface Failure {
  readonly id: number;
  readonly reason: string;
  readonly state: string;
  readonly replay_of: number | null;
  readonly input: string;
}

const failures = () =>
  flow.rows<Failure>(
    `select id::integer, reason, state, replay_of::integer, input from platform.failures
     where workload = 'tagger' and natural_key like 'stream:%:posts:2:%' order by id`,
  );

test('a message that was refused goes back in at its door: as it was it fails again, mended it comes out tagged', async () => {
  await produce('app', [{ key: 'mended', partition: 2, value: '{"id":7,"text":7}' }]);
  await expect.poll(failures, patience).toMatchObject([{ reason: 'TextMissing', state: 'open' }]);
  const [first] = await failures();

  expect(await flow.ask(`/platform/failures/${first?.id}/replay`, { method: 'POST', body: '{}' })).toMatchObject({
    status: 202,
  });
  await expect
    .poll(failures, patience)
    .toMatchObject([{ state: 'replayed' }, { reason: 'TextMissing', state: 'open', replay_of: first?.id }]);

  const [, second] = await failures();
  const event = JSON.parse(second?.input ?? '') as { records: Record<string, { value: string }[]> };
  const [record] = Object.values(event.records).flat();
  if (record) record.value = Buffer.from('{"id":7,"text":"新船试航"}').toString('base64');
  const edited = { method: 'POST', body: JSON.stringify({ input: event }) };
  expect(await flow.ask(`/platform/failures/${second?.id}/replay`, edited)).toMatchObject({ status: 202 });
  const { partition, message } = await outputOf('app', 'mended');

  expect(partition).toBe(2);
  expect(message).toMatchObject({ id: 7, text: '新船试航', tags: expect.any(Array) });
  expect((await failures()).map(({ state }) => state)).toEqual(['replayed', 'replayed']);
});

test('each service is counted for itself', async () => {
  const { body } = await flow.ask('/tagger/services');
  const services = (body as { result: object[] }).result;

  expect(services).toMatchObject([
    { service: 'wx', topics: topics.wx, counts: { in: 200, out: 200, failed: 0 }, unaccounted: 0, lag: 0 },
    { service: 'app', topics: topics.app, counts: { in: 203, out: 202, failed: 1 }, unaccounted: 0, lag: 0 },
  ]);
});

test('what the pollers gave up is a row for each message, and comes out tagged when it is done again', async () => {
  const { model, functions } = flow.running.stack;
  const source = model.streamSources.find(({ topic }) => topic === topics.wx.in);
  const functionArn = functions.model(source?.functionArn ?? '')?.arn;
  if (!source || !functionArn) throw new Error('Nobody reads wx.messages');
  const records = ['given-a', 'given-b'].map((key, offset) => ({
    record: {
      topic: topics.wx.in,
      partition: 1,
      offset,
      timestamp: Date.now(),
      timestampType: 'CREATE_TIME' as const,
      key: Buffer.from(key).toString('base64'),
      value: Buffer.from('{"text":"新船试航"}').toString('base64'),
      headers: [],
    },
    bytes: 100,
  }));
  const batch = failedBatch({ ...source, functionArn }, kafka(), {
    records,
    condition: 'RetryAttemptsExhausted',
    tries: 5,
  });
  const s3 = new S3Client({
    region,
    credentials: flow.running.stack.services.credentials,
    endpoint: flow.running.stack.services.storage.s3Url,
  });
  await s3.send(new PutObjectCommand({ Bucket: batch?.bucket, Key: batch?.key, Body: batch?.body }));
  const rows = () =>
    flow.rows<Failure>(
      `select reason, state, attempts from platform.failures
       where natural_key like 'stream:tagger/tag-messages:wx.messages:1:%' order by id`,
    );

  const row = { reason: 'RetryAttemptsExhausted', attempts: 5 };
  await expect.poll(rows, patience).toMatchObject([row, row]);
  const many = JSON.stringify({ workload: 'tagger', reason: row.reason, limit: 10 });
  expect(await flow.ask('/platform/failures/replay', { method: 'POST', body: many })).toMatchObject({ status: 202 });
  for (const key of ['given-a', 'given-b']) expect((await outputOf('wx', key)).partition).toBe(1);
  expect(await rows()).toMatchObject([{ state: 'replayed' }, { state: 'replayed' }]);
});

const json = { 'content-type': 'application/json' };

test('the console shows the topics, takes a record and shows what came of it', async () => {
  const list = (await (await fetch(`${control.url}/topics`)).json()) as { topic: string; partitions: object[] }[];
  for (const { in: read, out } of Object.values(topics))
    for (const topic of [read, out]) expect(list.find((one) => one.topic === topic)?.partitions).toHaveLength(4);

  const value = '{"text":"<b>新船试航</b>"}';
  const body = JSON.stringify({ key: 'console', value, partition: 1, headers: { trace: 't-1' } });
  const answer = await fetch(`${control.url}/topics/posts`, { method: 'POST', headers: json, body });
  expect(await answer.json()).toMatchObject({ partition: 1, offset: expect.any(Number) });
  await outputOf('app', 'console');

  const last = await (await fetch(`${control.url}/topics/tagged_posts?last=5`)).json();
  expect(last).toHaveLength(5);
  expect(last).toContainEqual(
    expect.objectContaining({ key: 'console', partition: 1, value: expect.stringContaining('"taggedAt"') }),
  );
});

test.each([
  ['GET', '/topics/nowhere', undefined],
  ['POST', '/topics/posts', '{"value":5}'],
  ['POST', '/topics/posts', '{"value":"x","offset":1}'],
])('%s %s with %s is refused in words', async (method, route, body) => {
  const answer = await fetch(`${control.url}${route}`, { method, ...(body ? { headers: json, body } : {}) });

  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: expect.stringMatching(/\w/) });
});

/** Runs kcat as docs/how-to/tag-messages.md does; `undefined` where this machine has none. */
function kcat(args: readonly string[], input = ''): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile('kcat', ['-b', kafka(), ...args], (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') return resolve(undefined);
      if (error) return reject(new Error(stderr));
      resolve(stdout);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

test('kcat puts a message there and reads what came of it, as the how-to says', async ({ skip }) => {
  if ((await kcat(['-V'])) === undefined) return skip('kcat is not installed here');
  await kcat(['-P', '-t', 'wx.messages'], '{"text":"央行下调存款准备金率"}\n');

  const read = () => kcat(['-C', '-t', 'wx.messages.tagged', '-o', 'beginning', '-e', '-q']);
  await expect.poll(read, patience).toContain('{"text":"央行下调存款准备金率","tags":');
});
