import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '#adapters/database.ts';
import { serviceNamed } from '../../lambdas/tagger/contract.ts';
import { serviceReader } from '../../lambdas/tagger/stores/service-store.ts';
import { type PagesSite, startPagesSite } from '../flows/pages-site.ts';
import { readTopic } from '../flows/topics.ts';
import { clientsOf } from '../support/kafka/clients.ts';
import { startEmbedded } from '../support/kafka/embedded.ts';
import { askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';
import { fiveMegabytes, oddMembers, poison } from './poison.ts';

/** All that goes in comes out, waits or is in the ledger, whatever is killed meanwhile. */

const messages = 5000;
const portions = 10;
const sites: PagesSite[] = [];
const undo: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const goodPages = ['good', 'another', 'third', 'fourth'];
const badPages = ['missing', 'binary', 'large', 'empty', 'inward', 'slow'];

/** 1 % poison, 5 % with a page of which a third fails, the rest plain and odd. */
function recordOf(number: number): Buffer | undefined {
  if (number === 777) return fiveMegabytes;
  if (number % 100 === 7) return poison[((number / 100 - 0.07) % poison.length) | 0];
  const odd = oddMembers[number % oddMembers.length];
  const site = sites[number % sites.length];
  const pages = number % 60 === 0 ? badPages : goodPages;
  const page = pages[Math.floor(number / 60) % pages.length];
  const url = number % 20 === 0 ? `,"type":3,"url":"${site?.url}/${page}?${Math.floor(number / 500)}"` : '';
  return Buffer.from(`{"id":${number},${odd},"text":"第${number}号船试航，联赛主场取胜"${url}}`);
}

const isPoison = (number: number) => number === 777 || number % 100 === 7;

const place = (partition: number | string, offset: number | string) => `${partition}:${offset}`;

test(`${messages} messages are all somewhere after two kills and two restarts of the broker`, async () => {
  for (let count = 0; count < 6; count += 1) sites.push(await startPagesSite());
  undo.push(...sites.map((site) => () => site.stop()));
  const broker = await startEmbedded();
  undo.push(() => broker.stop());
  const clients = clientsOf(broker.brokers);
  undo.push(() => clients.close());
  for (const topic of ['wx.messages', 'wx.messages.tagged'])
    await clients.admin.createTopics({
      topics: [topic],
      partitions: 4,
      replicas: 1,
      configs: [{ name: 'max.message.bytes', value: '8000000' }],
    });
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-conservation-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  const start = () =>
    startStackProcess(directory, {
      KAFKA_BROKERS: broker.brokers,
      PAGE_ALLOWED: sites.map(({ host }) => host).join(),
      PAGE_TIMEOUT_MS: '300',
      PAGE_MAX_BYTES: '500000',
      PAGE_GAP_MS: '1',
    });
  let stack: StackProcess = await start();
  undo.push(() => stack.kill());

  const inputs = new Map<string, { readonly number: number; readonly value: Buffer | undefined }>();
  const producer = clients.producer();
  for (let portion = 0; portion < portions; portion += 1) {
    for (let step = 0; step < messages / portions; step += 1) {
      const number = (portion * messages) / portions + step;
      const value = recordOf(number);
      const partition = number % 4;
      const offset = Math.floor(number / 4);
      inputs.set(place(partition, offset), { number, value });
    }
    const batch = [...inputs.values()].slice(-messages / portions).map(({ number, value }) => ({
      topic: 'wx.messages',
      partition: number % 4,
      key: Buffer.from(String(number)),
      ...(value === undefined ? {} : { value }),
    }));
    for (let at = 0; at < batch.length; at += 50) await producer.send({ messages: batch.slice(at, at + 50) });
    if (portion === 3 || portion === 7) {
      // Into the middle of its work.
      await sleep(2000);
      await stack.kill();
      stack = await start();
    }
    if (portion === 4 || portion === 6) await broker.restart(portion === 4 ? 'SIGKILL' : 'SIGTERM');
  }

  const { database } = await askConsole<{ database: string }>(stack, '/stack');
  const pool = new pg.Pool({ connectionString: database });
  undo.push(() => pool.end());
  const rows = async <T>(statement: string) => (await pool.query(statement)).rows as T[];
  const unread = async () => {
    const [seen] = await rows<{ next: string; waiting: string }>(`
      select coalesce(sum(next_offset), 0) as next,
        (select count(*) from tagger.pages where state = 'waiting') as waiting from tagger.partitions`);
    return { left: messages - Number(seen?.next), waiting: Number(seen?.waiting) };
  };
  await expect.poll(unread, { timeout: 600_000, interval: 1000 }).toEqual({ left: 0, waiting: 0 });

  const rejected = async () =>
    (
      await rows<{ natural_key: string }>(
        `select natural_key from platform.failures where workload = 'tagger' and source_name = 'tag-messages'`,
      )
    ).length;
  const poisoned = [...inputs.values()].filter(({ number }) => isPoison(number)).length;
  await expect.poll(rejected, { timeout: 120_000, interval: 500 }).toBe(poisoned);

  const { counts } = serviceReader(openDatabase({ url: database }));
  await expect
    .poll(() => counts(serviceNamed('wx')), { timeout: 60_000, interval: 500 })
    .toEqual({
      in: messages,
      out: messages - poisoned,
      waiting: 0,
      failed: poisoned,
    });

  const reading = await readTopic(broker.brokers, 'wx.messages.tagged');
  undo.push(() => reading.stop());
  const expected = messages - poisoned;
  const sources = () =>
    new Set(reading.records.map(({ headers }) => headers.filter(([name]) => name !== 'millrace-source-topic').join()));
  await expect.poll(() => sources().size, { timeout: 120_000, interval: 500 }).toBe(expected);

  const last = new Map<number, number>();
  const seen = new Set<string>();
  for (const { partition, headers, key, value } of reading.records) {
    const from = new Map(headers);
    const source = place(from.get('millrace-source-partition') ?? '', from.get('millrace-source-offset') ?? '');
    const input = inputs.get(source);
    const raw = input?.value?.toString() ?? '';
    expect(from.get('millrace-source-partition')).toBe(String(partition));
    expect(key).toBe(String(input?.number));
    expect(value.toString().startsWith(`${raw.slice(0, -1)},`), raw.slice(0, 80)).toBe(true);
    if (seen.has(source)) continue;
    seen.add(source);
    if (raw.includes('"type":3')) continue;
    const offset = Number(from.get('millrace-source-offset'));
    expect(offset, 'the order of a partition').toBeGreaterThan(last.get(partition) ?? -1);
    last.set(partition, offset);
  }
  console.info(`${reading.records.length - seen.size} of ${reading.records.length} came twice`);
});
