import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parquetRows } from '#adapters/objects/parquet.ts';
import { behaviorColumns } from '../../lambdas/recommender/files/columns.ts';
import { dayKey } from '../../lambdas/recommender/files/write-files.ts';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import { type EmbeddedBroker, startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { counted, lengths } from '../support/lengths.ts';
import { type StackProcess, startStackProcess } from '../support/stack-process.ts';
import { type BehaviorInputs, type ItemInputs, makeEvents, makeItems, type Produced } from './behavior-inputs.ts';

/** Events and items, whatever is killed meanwhile: in = stored + ledger, each event counts once, and the files say the same. */

const patience = { timeout: 20 * 60_000, interval: 100 };
const partitions = 2;

const undo: (() => Promise<unknown>)[] = [];
let directory: string;
let broker: EmbeddedBroker;
let stack: StackProcess;
let events: BehaviorInputs;
let items: ItemInputs;
let variables: Readonly<Record<string, string>>;

async function rows<T>(statement: string, ...values: readonly unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    return (await client.query(statement, [...values])).rows as T[];
  } finally {
    await client.end();
  }
}

const number = async (statement: string, ...values: readonly unknown[]) =>
  (await rows<{ n: number }>(`select (${statement})::int as n`, ...values))[0]?.n ?? 0;
const until = (is: () => Promise<boolean>) => vi.waitFor(async () => expect(await is()).toBe(true), patience);
const inLedger = (source: string) =>
  number(`select count(*) from platform.failures where workload = 'recommender' and source_name = $1`, source);
const inDatabase = () => number('select count(*) from recommender.behaviors');

async function produce(records: readonly Produced[]): Promise<void> {
  const clients = clientsOf(broker.brokers);
  const producer = clients.producer();
  for (let at = 0; at < records.length; at += 500)
    await producer.send({
      messages: records.slice(at, at + 500).map(({ topic, key, value }) => ({
        topic,
        partition: [...key].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % partitions,
        key: Buffer.from(key),
        value: Buffer.from(value),
      })),
    });
  await clients.close();
}

/** Events slice by slice, and of each slice something is stored and something is not when all that is at work dies. */
async function produceAndDisturb(): Promise<void> {
  const kill = async () => {
    await stack.kill();
    stack = await startStackProcess(directory, variables);
  };
  const disturbances = [kill, () => broker.restart('SIGKILL'), kill, () => broker.restart('SIGTERM')];
  const slice = Math.ceil(events.records.length / disturbances.length);
  for (const [index, disturb] of disturbances.entries()) {
    const before = await inDatabase();
    await produce(events.records.slice(index * slice, (index + 1) * slice));
    await until(async () => (await inDatabase()) > before);
    await disturb();
  }
}

beforeAll(async () => {
  broker = await startEmbedded();
  undo.push(() => broker.stop());
  const clients = clientsOf(broker.brokers);
  const topics = ['user-behaviors', 'items-ingest', 'vlog-items', 'news-items', 'items-ingest-results'];
  for (const topic of topics) await clients.admin.createTopics({ topics: [topic], partitions, replicas: 1 });
  await clients.close();
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-conservation-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  variables = { KAFKA_BROKERS: broker.brokers };
  stack = await startStackProcess(directory, variables);
  undo.push(() => stack.kill());
  events = makeEvents(lengths.behaviorEvents, Date.now());
  items = makeItems(lengths.ingestedItems);
  await produce(items.records);
  await produceAndDisturb();
  await until(async () => (await inDatabase()) >= events.stored.size);
  await until(async () => (await inLedger('store-behaviors')) >= events.poison);
  await until(async () => (await inLedger('ingest-items')) >= items.poison);
}, 60 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

test(`of ${counted(lengths.behaviorEvents)} events each stands in the database once, and the others in the ledger`, async () => {
  const found = await rows<{ told: string }>(
    `select concat_ws('|', day, tenant_id, user_id, item_id, action, event_id, part) as told from recommender.behaviors`,
  );

  expect(found).toHaveLength(events.stored.size);
  expect(found.filter(({ told }) => !events.stored.has(told))).toEqual([]);
  expect(await number('select count(*) from recommender.late_behaviors')).toBe(events.late);
  expect(await inLedger('store-behaviors')).toBe(events.poison);
});

test(`of ${counted(lengths.ingestedItems)} items each stands in the database as it came last, and the others in the ledger`, async () => {
  const found = await rows<{ item: string; title: string }>(
    `select concat_ws('|', tenant_id, item_id) as item, title from recommender.items where content_hash is not null`,
  );

  expect(new Map(found.map(({ item, title }) => [item, title]))).toEqual(items.titles);
  expect(await inLedger('ingest-items')).toBe(items.poison);
});

test('nothing else is in the ledger, and nothing broke', async () => {
  const others = await rows(
    `select source_name, reason, message from platform.failures
    where workload <> 'recommender' or source_name not in ('store-behaviors', 'ingest-items')`,
  );

  expect(others).toEqual([]);
});

test('figures of each day are those of what was sent, from the database and from the files', async () => {
  const expected = figures([...events.stored].map((told) => told.split('|')));
  const kept = await rows<{ told: string }>(
    `select concat_ws('|', day, tenant_id, user_id, item_id, action, event_id, part) as told from recommender.behaviors`,
  );
  expect(figures(kept.map(({ told }) => told.split('|')))).toEqual(expected);

  const days = new Set([...events.stored].map((told) => told.split('|').slice(0, 2).join('|')));
  const all = async () => {
    const found: string[][] = [];
    for (const tenantDay of days) {
      const [day = '', tenant = ''] = tenantDay.split('|');
      found.push(...(await inFile(day, tenant)));
    }
    return found;
  };
  // Files follow when their queue's delay is over.
  await until(async () => (await all()).length === events.stored.size);
  expect(figures(await all())).toEqual(expected);
});

/** How often each action stands in each tenant's day. */
function figures(told: readonly (readonly string[])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [day, tenant, , , action] of told) {
    const key = `${day} ${tenant} ${action}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function inFile(day: string, tenant: string): Promise<string[][]> {
  const response = await fetch(`${stack.url}/buckets/millrace-raw-bucket/${dayKey(tenant, day)}`);
  if (!response.ok) return [];
  const bytes = await response.arrayBuffer();
  const file = { byteLength: bytes.byteLength, slice: async (from: number, to?: number) => bytes.slice(from, to) };
  const place = (name: string) => behaviorColumns.findIndex((column) => column.name === name);
  const names = ['tenant_id', 'user_id', 'item_id', 'action', 'event_id', 'part'];
  const found: string[][] = [];
  for await (const batch of parquetRows(file, behaviorColumns))
    found.push(...batch.map((row) => [day, ...names.map((name) => String(row[place(name)]))]));
  return found;
}
