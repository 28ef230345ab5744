import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SentMail } from 'one-machine/services/mail.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '#adapters/database.ts';
import { serviceNamed } from '../../lambdas/tagger/contract.ts';
import { serviceReader } from '../../lambdas/tagger/stores/service-store.ts';
import { clientsOf } from '../../packages/one-machine/test/support/kafka/clients.ts';
import { type EmbeddedBroker, startEmbedded } from '../../packages/one-machine/test/support/kafka/embedded.ts';
import { type ReadRecord, readTopic } from '../flows/topics.ts';
import { counted, lengths } from '../support/lengths.ts';
import { inQueue } from '../support/queue-depth.ts';
import { askApi, askConsole, type StackProcess, startStackProcess } from '../support/stack-process.ts';
import { type PageSite, refusing, startPageSite } from './page-site.ts';
import { type Input, makeInputs, partitions } from './tagger-inputs.ts';
import { faultOf, place, placeIn } from './tagger-outputs.ts';

/** All that goes in comes out, waits or is in the ledger, whatever is killed meanwhile; and thousands of failures are one mail. */

const messages = lengths.taggedMessages;
const hosts = 16;
const patience = { timeout: 20 * 60_000, interval: 1000 };

const undo: (() => Promise<unknown>)[] = [];
let directory: string;
let variables: Readonly<Record<string, string>>;
let broker: EmbeddedBroker;
let stack: StackProcess;
let inputs: readonly Input[];
let outputs: Map<string, ReadRecord>;
let repeated = 0;

const of = (...names: Input['kind']['name'][]) => inputs.filter(({ kind }) => names.includes(kind.name));
const rejected = () => of('poison', 'too large');

async function rows<T>(statement: string, ...values: readonly unknown[]): Promise<T[]> {
  const database = stack.databaseUrl;
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(statement, [...values])).rows as T[];
  } finally {
    await client.end();
  }
}

/** Hooks have no expect.poll. */
const until = (is: () => Promise<boolean>) => vi.waitFor(async () => expect(await is()).toBe(true), patience);

/** Everything into the topic, in large batches; a repeated one is there once. */
async function produce(records: readonly (Pick<Input, 'partition' | 'value'> & { readonly key: string })[]) {
  const clients = clientsOf(broker.brokers);
  const producer = clients.producer();
  for (let at = 0; at < records.length; at += 500)
    await producer.send({
      messages: records.slice(at, at + 500).map(({ partition, key, value }) => ({
        topic: 'wx.messages',
        partition,
        key: Buffer.from(key),
        headers: new Map([[Buffer.from('trace'), Buffer.from(key)]]),
        ...(value === undefined ? {} : { value }),
      })),
    });
  await clients.close();
}

async function done(): Promise<number> {
  const [seen] = await rows<{ next: number }>(
    'select coalesce(sum(next_offset), 0)::int as next from tagger.partitions',
  );
  return seen?.next ?? 0;
}

/** When so much of it is done, in the middle of the work. */
async function disturb(): Promise<void> {
  const after = (share: number) => until(async () => (await done()) > share * messages);
  const kill = async () => {
    await stack.kill();
    stack = await startStackProcess(directory, variables);
  };
  await after(0.15);
  await kill();
  await after(0.35);
  await broker.restart('SIGKILL');
  await after(0.55);
  await kill();
  await after(0.75);
  await broker.restart('SIGTERM');
}

async function startTopics(): Promise<void> {
  const clients = clientsOf(broker.brokers);
  for (const topic of ['wx.messages', 'wx.messages.tagged'])
    await clients.admin.createTopics({
      topics: [topic],
      partitions,
      replicas: 1,
      configs: [{ name: 'max.message.bytes', value: '8000000' }],
    });
  await clients.close();
}

beforeAll(async () => {
  const sites: PageSite[] = [];
  for (let count = 0; count < hosts; count += 1) sites.push(await startPageSite());
  undo.push(...sites.map((site) => () => site.stop()));
  broker = await startEmbedded();
  undo.push(() => broker.stop());
  await startTopics();
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-conservation-'));
  undo.push(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }));
  variables = {
    KAFKA_BROKERS: broker.brokers,
    PAGE_ALLOWED: [...sites.map(({ host }) => host), refusing].join(),
    PAGE_TIMEOUT_MS: '5000',
    PAGE_MAX_BYTES: '500000',
    PAGE_GAP_MS: '1',
  };
  stack = await startStackProcess(directory, variables);
  undo.push(() => stack.kill());
  inputs = makeInputs(
    messages,
    sites.map(({ host }) => host),
  );
  const began = Date.now();
  const since = (what: string) => console.info(`${what} after ${Math.round((Date.now() - began) / 1000)} s`);
  await Promise.all([
    produce(inputs.map((input) => ({ ...input, key: String(input.number) }))).then(() => since('produced')),
    disturb().then(() => since('killed and restarted twice each')),
  ]);
  await until(async () => (await done()) === messages);
  since('read');
  const waiting = () => rows("select 1 from tagger.pages where state = 'waiting' limit 1");
  await until(async () => (await waiting()).length === 0);
  since('pages done');
  outputs = await readOutputs(messages - rejected().length);
  since('outputs read');
}, 45 * 60_000);

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** What each input became, by its place: the first where it came twice. */
async function readOutputs(expected: number): Promise<Map<string, ReadRecord>> {
  const reading = await readTopic(broker.brokers, 'wx.messages.tagged');
  const found = new Map<string, ReadRecord>();
  let read = 0;
  const distinct = () => {
    for (; read < reading.records.length; read += 1) {
      const record = reading.records[read];
      if (!record) continue;
      const from = new Map(record.headers);
      const source = place(from.get('millrace-source-partition') ?? '', from.get('millrace-source-offset') ?? '');
      if (found.has(source)) repeated += 1;
      else found.set(source, record);
    }
    return found.size;
  };
  await until(async () => distinct() >= expected);
  await reading.stop();
  return found;
}

interface Row {
  readonly natural_key: string;
  readonly reason: string;
  readonly input: string | null;
  readonly input_key: string | null;
}

const ledger = (prefix: string) =>
  rows<Row>(`select natural_key, reason, input, input_key from platform.failures where natural_key ^@ $1`, prefix);

async function failedPages(): Promise<Map<string, Row>> {
  const found = await ledger('step:tagger/fetch-page:page:');
  return new Map(found.map((row) => [placeIn(row.natural_key), row]));
}

async function inputOf({ input, input_key }: Row): Promise<string> {
  if (input !== null) return input;
  const response = await fetch(`${stack.url}/buckets/millrace-raw-bucket/${input_key}`);
  return response.text();
}

test('what came in is what went out and what is in the ledger, and nothing waits', async () => {
  const failed = rejected().length;
  const database = stack.databaseUrl;
  const opened = openDatabase({ url: database });
  const counts = () => serviceReader(opened).counts(serviceNamed('wx'));
  const expected = { in: messages, out: messages - failed, waiting: 0, failed };
  await expect.poll(counts, patience).toEqual(expected);
  await opened.close();

  const [service] = await askApi<{ unaccounted: number; lag: number }[]>(stack, directory, '/tagger/services');
  expect(service).toMatchObject({ unaccounted: 0, lag: 0 });
});

test('each record that nobody can tag is in the ledger once, byte for byte', async () => {
  const found = new Map((await ledger('stream:tagger/tag-messages:')).map((row) => [placeIn(row.natural_key), row]));
  const faults: string[] = [];
  for (const { number, partition, offset, value } of rejected()) {
    const row = found.get(place(partition, offset));
    if (!row) faults.push(`${number} is missing`);
    else {
      const { records } = JSON.parse(await inputOf(row));
      const kept = records[`wx.messages-${partition}`][0].value;
      const same = value === undefined ? kept === null : Buffer.from(kept, 'base64').equals(value);
      if (!same) faults.push(`${number} is not as it was`);
    }
  }

  expect(faults).toEqual([]);
  expect(found.size).toBe(rejected().length);
});

test('each page that failed is in the ledger once, with the true reason and its message', async () => {
  const found = await failedPages();
  const faults: string[] = [];
  for (const { number, partition, offset, value, kind } of of('bad page')) {
    const row = found.get(place(partition, offset));
    found.delete(place(partition, offset));
    const reason = kind.name === 'bad page' ? kind.fault : '';
    if (row?.reason !== reason) faults.push(`${number}: ${row?.reason} is not ${reason}`);
    else if (row.input !== `{"Exception":"${reason}","raw_json":${value}}`) faults.push(`${number}: another message`);
  }

  expect(faults).toEqual([]);
  // On a machine that does too much a good page may take too long, too.
  const others = [...found.values()].map(({ reason }) => reason);
  console.info(`${others.length} good pages came too late`);
  expect(others.filter((reason) => reason !== 'Timeout')).toEqual([]);
  expect(others.length).toBeLessThan(of('good page').length / 10);
});

test('nothing else is in the ledger', async () => {
  const others = await rows(`select workload, source_name, reason, message from platform.failures
    where not natural_key ^@ 'stream:tagger/tag-messages:' and not natural_key ^@ 'step:tagger/fetch-page:page:'`);

  expect(others).toEqual([]);
});

test('every other message came out as it went in, tagged, those without a page in their order', async () => {
  const failed = new Map([...(await failedPages())].map(([where, { reason }]) => [where, reason]));
  const faults = of('plain', 'good page', 'bad page').flatMap((input) => {
    const fault = faultOf(input, outputs.get(place(input.partition, input.offset)), failed);
    return fault === undefined ? [] : [`${input.number} (${input.kind.name}) ${fault}`];
  });
  expect(faults.slice(0, 20)).toEqual([]);

  const last = new Map<number, number>();
  const overtaken = of('plain').filter(({ partition, offset }) => {
    const at = outputs.get(place(partition, offset))?.offset ?? -1;
    const before = last.get(partition) ?? -1;
    last.set(partition, at);
    return at < before;
  });
  expect(overtaken).toEqual([]);
  console.info(`${repeated} of ${outputs.size} came twice`);
});

test(`${counted(lengths.failuresOfOneMail)} failures at once are one mail a minute at most`, async () => {
  const failures = lengths.failuresOfOneMail;
  // What was found before is told, and nobody sleeps to tell more.
  await expect.poll(() => inQueue(stack, 'millrace-dev-platform-send-alerts.fifo'), patience).toBe(0);
  const [known] = await rows<{ last: number }>('select max(id)::int as last from platform.failures');
  await produce(
    Array.from({ length: failures }, (_, number) => ({
      partition: number % partitions,
      key: String(number),
      value: Buffer.from(`{"id":${number}}`),
    })),
  );

  const recorded = () =>
    rows<{ told: number; minutes: number }>(
      `select count(told_in)::int as told, extract(epoch from max(recorded_at) - min(recorded_at))::float8 / 60 as minutes
      from platform.failures where id > $1 and source_name = 'tag-messages'`,
      known?.last,
    );
  await expect.poll(recorded, patience).toMatchObject([{ told: failures }]);
  const [{ minutes } = { minutes: 0 }] = await recorded();
  const mails = await rows<{ subject: string; text: string; count: number }>(
    `select m.mail->>'subject' as subject, m.mail->>'text' as text, count(*)::int as count
    from platform.alert_mails m join platform.failures f on f.told_in = m.id
    where f.id > $1 and f.source_name = 'tag-messages' group by m.id order by m.id`,
    known?.last,
  );

  console.info(`${failures} failures within ${(minutes * 60).toFixed(0)} s: ${mails.length} mails`);
  // A machine that needs more minutes for them sends more mails.
  expect(mails.length).toBeLessThanOrEqual(1 + Math.floor(minutes));
  expect(mails.reduce((sum, { count }) => sum + count, 0)).toBe(failures);
  for (const { text, count } of mails) expect(text).toContain(`TextMissing in tag-messages\n  ${counted(count)} times`);
  const subjects = async () => (await askConsole<SentMail[]>(stack, '/mails')).map(({ subject }) => subject);
  await expect.poll(subjects, patience).toEqual(expect.arrayContaining(mails.map(({ subject }) => subject)));
});
