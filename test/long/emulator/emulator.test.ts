import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningBroker, startBroker } from 'one-machine/services/kafka/broker.ts';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type SampleSite, startSampleSite } from '../../../local/sample-site/start.ts';
import { type Flow, startFlow } from '../../flows/flow.ts';
import { dealColumns } from '../../flows/independent-reading.ts';
import { producerTo, readTopic } from '../../flows/topics.ts';
import { momentaryHeader, nowInSeconds } from '../../support/credentials.ts';
import { tasksClient } from '../../support/tasks-client.ts';
import { adminOf, deployedStacks } from './account.ts';
import { assembly, cdk } from './cdk.ts';
import { account, type MiniStack, pythonWithMiniStack, region, startMiniStack } from './ministack.ts';
import { type PostgresOverTls, startPostgresOverTls } from './postgres-over-tls.ts';
import { attachPollers } from './topics.ts';

/**
 * The stacks in an emulator that is not ours: created, used, taken down and created again by the CDK's own command line. What
 * that emulator lacks is stubbed in stubs.py, each with its reason.
 */

const publication = '2026-09-11';
const isFull = inject('length') === 'full';

let directory: string;
let why = 'only npm run proof deploys into an emulator';
let postgres: PostgresOverTls;
let site: SampleSite;
let broker: RunningBroker;
let emulator: MiniStack;
/** What our own parts complained of, for an answer that doesn't come. */
const complaints: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  if (!isFull) return;
  const found = await pythonWithMiniStack(path.join(directory, 'python'));
  why = 'why' in found ? found.why : '';
  if ('why' in found) return;
  postgres = await startPostgresOverTls(path.join(directory, 'postgres'));
  site = await startSampleSite();
  site.setToday(publication);
  broker = await startBroker({ directory: path.join(directory, 'kafka'), onError: (told) => complaints.push(told) });
  emulator = await startMiniStack(found.python, directory, {
    PROOF_DATABASE: postgres.address,
    PROOF_DATABASE_PASSWORD: postgres.password,
    MINISTACK_MSK_BOOTSTRAP_SASL_IAM: broker.address,
    PROOF_VARIABLES: JSON.stringify({
      NODE_EXTRA_CA_CERTS: postgres.authority,
      PRESALE_SITE_URL: site.url,
      PAGE_ALLOWED: new URL(site.url).host,
      KAFKA_AUTH: 'none',
    }),
  });
});

afterAll(async () => {
  await emulator?.stop();
  await broker?.stop();
  await site?.stop();
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function stacksOfAssembly(): Promise<readonly string[]> {
  const { artifacts } = JSON.parse(await readFile(`${assembly}/manifest.json`, 'utf8')) as {
    readonly artifacts: Readonly<Record<string, { type: string; properties?: { stackName?: string } }>>;
  };
  return Object.values(artifacts).flatMap(({ type, properties }) =>
    type === 'aws:cloudformation:stack' ? [properties?.stackName ?? ''] : [],
  );
}

/** By the CDK's command line; a failure tells what the emulator said last. */
async function deploy(): Promise<void> {
  try {
    await cdk(['bootstrap', `aws://${account}/${region}`], emulator.environment);
    await cdk(['deploy', '--all', '--require-approval', 'never'], emulator.environment);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${await emulator.printed()}`);
  }
}

async function expectDeployed(): Promise<void> {
  const stacks = (await deployedStacks(emulator)).filter(({ name }) => name.startsWith('Millrace-'));

  expect(stacks.map(({ name }) => name).sort()).toEqual([...(await stacksOfAssembly())].sort());
  expect(new Set(stacks.map(({ status }) => status))).toEqual(new Set(['CREATE_COMPLETE']));
}

/** Where the API answers: by its id, as the address that the stack tells needs a name of its own in the DNS. */
async function apiUrl(): Promise<string> {
  const api = (await deployedStacks(emulator)).find(({ name }) => name.endsWith('-Api'));
  const told = Object.entries(api?.outputs ?? {}).find(([key]) => key.includes('Url'))?.[1] ?? '';
  return `${emulator.url}/_aws/execute-api/${new URL(told).host.split('.')[0]}/$default`;
}

async function ask(route: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const now = String(nowInSeconds());
  const response = await fetch(`${await apiUrl()}${route}?_=${now}`, {
    ...init,
    headers: { authorization: momentaryHeader(await adminOf(emulator), now), 'content-type': 'application/json' },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface ToldRun {
  readonly state: string;
  readonly results: readonly Record<string, unknown>[];
}

/** What a run came to, without what differs from one to the next: moments, ids and names of buckets. */
const judged = ({ state, results }: ToldRun) => ({
  state,
  results: results.map(({ letter, state: of, sha256, rows_read, good, problems, duplicates }) => {
    return { letter, state: of, sha256, rows_read, good, problems, duplicates };
  }),
});

const allDeals = `SELECT county, ${dealColumns.join(', ')} FROM presale.deals ORDER BY 1, 2`;

async function runThere(): Promise<ToldRun> {
  const started = await ask('/presale/runs', {
    method: 'POST',
    body: JSON.stringify({ publication_date: publication }),
  });
  expect(started.status, `${JSON.stringify(started.body)}\n${await emulator.printed()}`).toBe(202);
  return vi.waitFor(
    async () => {
      const { body } = await ask(`/presale/runs/${publication}`);
      const told = body.result as ToldRun;
      expect(told?.state, JSON.stringify(body)).toMatch(/^(complete|partial|failed)$/);
      return told;
    },
    { timeout: 30 * 60_000, interval: 2000 },
  );
}

async function runOnOneMachine(): Promise<{ readonly told: ToldRun; readonly deals: readonly unknown[] }> {
  const flow: Flow = await startFlow();
  try {
    flow.site.setToday(publication);
    await flow.run({ publication_date: publication });
    return { told: (await flow.told(publication)) as unknown as ToldRun, deals: await flow.rows(allDeals) };
  } finally {
    await flow.stop();
  }
}

test('all stacks are created', async (context) => {
  if (why !== '') context.skip(why);
  await deploy();

  await expectDeployed();
});

test('a run of presale comes to the same there as on one machine, county by county and deal by deal', async (context) => {
  if (why !== '') context.skip(why);
  const there = await runThere();
  const dealsThere = await postgres.rows(allDeals);
  const { told, deals } = await runOnOneMachine();

  expect(judged(there)).toEqual(judged(told));
  expect(dealsThere.length).toBeGreaterThan(0);
  expect(dealsThere).toEqual(deals);
});

test('a task is submitted, run and answered there', async (context) => {
  if (why !== '') context.skip(why);
  const tasks = tasksClient(await apiUrl());
  const admin = await adminOf(emulator);
  const { task_id } = await tasks.submit(admin, {
    name: 'tasks.general.example:word_count',
    kwargs: { content: 'one two two' },
  });

  expect(await tasks.ended(admin, task_id)).toMatchObject({ status: 'SUCCESS' });
});

test('a message is tagged there, from topic to topic, by our own broker and pollers: the emulator has neither', async (context) => {
  if (why !== '') context.skip(why);
  const pollers = await attachPollers(emulator, broker.address, (told) => complaints.push(told));
  const tagged = await readTopic(broker.address, 'wx.messages.tagged');
  const producer = producerTo(broker.address);
  try {
    const value = JSON.stringify({ id: 'm1', type: 3, url: site.url, text: '央行下调存款准备金率，股市收高' });
    await producer.send([
      { topic: 'wx.messages', partition: 0, key: Buffer.from('m1'), value: Buffer.from(value), headers: new Map() },
    ]);

    expect(pollers.topics).toContain('wx.messages');
    await expect
      .poll(() => tagged.records.map(({ key }) => key), { timeout: 15 * 60_000, interval: 500 })
      .toContain('m1');
    const [record] = tagged.records;
    const message = JSON.parse(String(record?.value)) as { readonly tags: readonly unknown[] };
    expect(message.tags, complaints.join('\n')).not.toEqual([]);
  } finally {
    await producer.close();
    await tagged.stop();
    await pollers.stop();
  }
});

test('the stacks are taken down, nothing of them stays, and they are created again', async (context) => {
  if (why !== '') context.skip(why);
  await cdk(['destroy', '--all', '--force'], emulator.environment);
  expect((await deployedStacks(emulator)).filter(({ name }) => name.startsWith('Millrace-'))).toEqual([]);

  await postgres.empty();
  await deploy();

  await expectDeployed();
});
