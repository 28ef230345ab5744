import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addToken } from '../../lambdas/kit/api/authentication/edit-users.ts';
import { readUsers, usersText } from '../../lambdas/kit/api/authentication/users.ts';
import { usersSecretName } from '../../local/callers/console-token.ts';
import { trigger } from '../../local/console/trigger-target.ts';
import { synthesized } from '../support/assembly.ts';
import { addAccount } from '../support/credentials.ts';
import { tablesNaming, usersInFiles } from './behavior-files.ts';
import { type Flow, startFlow } from './flow.ts';
import {
  behaviorOf,
  categories,
  items,
  type Model,
  ofEach,
  type Recommended,
  scenario,
  tenant,
  touchedOfEach,
  touchesOf,
  userCount,
} from './small-shop.ts';
import { producerTo, type Reading, readTopic } from './topics.ts';

/** Items and behaviour through the whole stack: to neighbours, models, recommendations, figures, files, and out of all of them. */

const patience = { timeout: 300_000, interval: 100 };

let assembly: string;
let flow: Flow;
let s3: S3Client;
let producer: ReturnType<typeof producerTo>;
let results: Reading;

beforeAll(async () => {
  // Files are there soon after what they hold, and whatever kind nobody asked for outgrows a function.
  assembly = await synthesized(({ workloads: { recommender } }) => ({
    workloads: { recommender: { ...recommender, filesDelaySeconds: 2, sparkAbove: 1 } },
  }));
  flow = await startFlow({}, undefined, assembly);
  const { kafka, credentials, storage } = flow.running.stack.services;
  if (!kafka) throw new Error('No broker runs');
  s3 = new S3Client({ region, credentials, endpoint: storage.s3Url });
  producer = producerTo(kafka.brokers);
  results = await readTopic(kafka.brokers, 'items-ingest-results');
}, 600_000);

afterAll(async () => {
  await results?.stop();
  await producer?.close();
  await flow?.stop();
  if (assembly) await rm(assembly, { recursive: true, force: true });
});

interface Question {
  readonly body?: object;
  readonly method?: string;
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function answered(route: string, { body, method = body ? 'POST' : 'GET', user, headers }: Question = {}) {
  const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
  const who = { 'x-tenant-id': tenant, ...(user ? { 'x-user-id': user } : {}), ...headers };
  return flow.ask(`/api/v1${route}`, { ...init, headers: who });
}

/** What is in an answer that is none of a failure. */
async function ask<T>(route: string, question: Question = {}): Promise<T> {
  const { status, body } = await answered(route, question);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return (body as { data: T }).data;
}

/** How many rows an action has. */
async function rowsOf(where = 'true'): Promise<number> {
  const told = `SELECT count(*)::int AS rows FROM recommender.behaviors WHERE tenant_id = $1 AND ${where}`;
  return (await flow.rows<{ rows: number }>(told, tenant))[0]?.rows ?? -1;
}

/** Does a schedule's work now, in the scenario that has something new. */
async function computed(schedule: string): Promise<void> {
  const { result } = (await trigger(flow.running.stack, schedule, undefined)) as { readonly result: unknown };
  expect(result, schedule).toMatchObject({ payload: { state: 'started', scenarios: 1 } });
  const { name } = (result as { payload: { name: string } }).payload;
  expect(await flow.ended(name), schedule).toMatchObject({ status: 'SUCCEEDED' });
}

const recommend = (user: string, count = 5) =>
  ask<Recommended>('/recommend', { user, body: { scenario_id: scenario, count } });

const models = async () => (await ask<{ items: Model[] }>(`/models?scenario_id=${scenario}`)).items;

const filed = () => usersInFiles(s3, tenant);

test('neighbours for new items without waiting: items have some before any schedule has run', async () => {
  await ask('/scenarios', { body: { scenario_id: scenario, name: '首页', type: 'ecommerce' } });
  const value = Buffer.from(JSON.stringify({ tenant_id: tenant, scenario_id: scenario, items }));
  await producer.send([{ topic: 'items-ingest', key: Buffer.from(tenant), value }]);

  const neighbours = async () => {
    const { status, body } = await answered(`/items/${scenario}/item-0-0/similar?count=3`);
    const { data } = body as { data: { items: { item_id: string }[] } | null };
    return status === 200 ? data?.items.map(({ item_id }) => item_id.slice(0, 'item-0'.length)) : status;
  };
  await expect.poll(neighbours, patience).toEqual(['item-0', 'item-0', 'item-0']);
});

test('Kafka in and out: items come by a topic, and another one tells what became of them', async () => {
  await expect.poll(() => results.records.length, patience).toBe(1);
  expect(JSON.parse(results.records[0]?.value.toString() ?? '')).toMatchObject({
    tenant_id: tenant,
    scenario_id: scenario,
    count: items.length,
    process_result: { processed: items.length, source: 'kafka' },
  });
});

test('nobody is known yet, and whoever asks gets something', async () => {
  expect((await recommend('stranger')).items).toHaveLength(5);
  expect((await answered('/scenarios', { body: { scenario_id: scenario, name: '首页', type: 'vlog' } })).status).toBe(
    400,
  );
});

test('behaviour is in rows once, however often it is sent', async () => {
  const events = Array.from({ length: userCount }, (_, user) => behaviorOf(user)).flat();
  const [first, ...others] = events;
  await ask('/behaviors/track', { body: first ?? {} });
  for (let from = 0; from < others.length; from += 100)
    await ask('/behaviors/track/batch', { body: { events: others.slice(from, from + 100) } });
  await ask('/behaviors/track/batch', { body: { events: events.slice(0, 100) } });

  await expect.poll(() => rowsOf(`action = 'click'`), patience).toBe(userCount * touchedOfEach);
  await expect.poll(() => rowsOf(`action = 'impression'`), patience).toBe(userCount * ofEach);
  expect(await rowsOf(`action = 'purchase'`)).toBe(userCount * 2);
  await expect.poll(filed, patience).toHaveLength(userCount);
});

test('the schedules compute what is read after them', async () => {
  for (const name of [
    'compute-item-similarity',
    'update-user-profiles',
    'update-hot-items',
    'compute-metrics',
    'train-model',
    'precompute-recommendations',
  ])
    await computed(name);

  const { items: similar } = await ask<{ items: object[] }>(`/items/${scenario}/item-1-0/similar?count=3`);
  expect(similar).toMatchObject(Array(3).fill({ item_id: expect.stringMatching(/^item-1-/), source: 'behavior' }));
  expect(await ask('/users/user-4/profile')).toMatchObject({
    actions: { click: touchedOfEach, purchase: 2 },
    categories: [{ name: categories[1], share: 1 }],
  });
  const totals = {
    impressions: userCount * ofEach,
    clicks: userCount * touchedOfEach,
    conversions: userCount * 2,
    ctr: touchedOfEach / ofEach,
  };
  expect(await ask(`/metrics?scenario_id=${scenario}`)).toMatchObject({ rows: [totals] });
  expect(await ask(`/metrics/trends?scenario_id=${scenario}`)).toMatchObject({ rows: [totals] });
  const { steps } = await ask<{ steps: { users: number }[] }>('/metrics/funnel');
  expect(steps.map(({ users }) => users)).toEqual([userCount, userCount, 0, userCount]);
  expect(await models()).toMatchObject([
    { kind: 'ials', chosen_because: expect.stringContaining('Spark’s'), state: 'online' },
  ]);
});

test('a user who is known gets what is like theirs, and what they do with it is attributed to the answer', async () => {
  const { request_id, items: got } = await recommend('user-4', 2);
  const [first] = got;
  expect(got.map(({ item_id }) => item_id.slice(0, 'item-1'.length))).toEqual(['item-1', 'item-1']);
  expect(touchesOf(4)).not.toContain(first?.item_id);
  const event = {
    scenario_id: scenario,
    user_id: 'user-4',
    item_id: first?.item_id,
    action_type: 'click',
    timestamp: Date.now(),
  };
  await ask('/behaviors/track', { body: { ...event, event_id: 'attributed', request_id } });

  const attributed = () =>
    flow.rows(
      'SELECT request_id, strategy, slot FROM recommender.behaviors WHERE tenant_id = $1 AND event_id = $2',
      tenant,
      'attributed',
    );
  await expect.poll(attributed, patience).toEqual([{ request_id, strategy: first?.strategy, slot: first?.slot }]);
  const next = await ask<Recommended>('/recommend/next', { body: { request_id, count: 5 } });
  expect(next.items.map(({ item_id }) => item_id)).not.toContain(first?.item_id);
  expect((await recommend('newcomer')).items).toHaveLength(5);
});

test('a model is trained when it is asked for, and one call brings back the one before', async () => {
  const [older] = await models();
  expect(await ask('/models/train', { body: { scenario_id: scenario, kind: 'dlae' } })).toEqual({ state: 'started' });
  await expect.poll(models, patience).toHaveLength(2);
  const newer = (await models()).find(({ model_id }) => model_id !== older?.model_id);

  for (const wanted of [newer, older]) {
    await ask(`/models/${wanted?.model_id}/promote`, { method: 'POST' });
    const online = (await models()).filter(({ state }) => state === 'online');
    expect(online.map(({ model_id }) => model_id)).toEqual([wanted?.model_id]);
  }
});

test('an experiment gives users their variants, and tells what each has done', async () => {
  const variants = [
    { name: 'a', traffic: 50 },
    { name: 'b', traffic: 50, config: { rerank: { diversity_window: 1 } } },
  ];
  await ask('/experiments', { body: { experiment_id: 'exp_001', scenario_id: scenario, name: '多样性', variants } });
  expect(await ask('/experiments/exp_001/start', { method: 'POST' })).toMatchObject({ state: 'running' });
  const shown = await recommend('user-5');
  const group = shown.experiment_group;
  expect(shown).toMatchObject({ experiment_id: 'exp_001', experiment_group: expect.stringMatching(/^[ab]$/) });
  const event = {
    scenario_id: scenario,
    user_id: 'user-5',
    item_id: shown.items[0]?.item_id,
    request_id: shown.request_id,
  };
  const events = ['impression', 'click'].map((action_type) => ({
    ...event,
    action_type,
    event_id: `exp-${action_type}`,
    timestamp: Date.now(),
  }));
  await ask('/behaviors/track/batch', { body: { events } });

  const found = async () => {
    const { variants } = await ask<{ variants: { variant: string; users: number; clicked: number }[] }>(
      '/experiments/exp_001/results',
    );
    return variants.map(({ variant, users, clicked }) => ({ variant, users, clicked }));
  };
  await expect
    .poll(found, patience)
    .toEqual(
      ['a', 'b'].map((variant) => ({ variant, users: variant === group ? 1 : 0, clicked: variant === group ? 1 : 0 })),
    );
  expect(await ask('/experiments/exp_001/stop', { method: 'POST' })).toMatchObject({ state: 'stopped' });
});

test('another’s tenant is one that there is not', async () => {
  const { stack } = flow.running;
  const { name } = await addAccount(stack, 'shop-site', ['operate']);
  const known = readUsers(stack.services.secrets.value(usersSecretName));
  const { users, shownOnce } = addToken(known, name, 'test', new Date());
  const owners = users.map((user) => (user.name === name ? { ...user, tenants: [tenant] } : user));
  await stack.services.secrets.put(usersSecretName, usersText(owners));
  const authorization = `Bearer ${shownOnce}`;
  const statusOf = async (route: string, tenantId: string, body?: object) =>
    (await answered(route, { headers: { authorization, 'x-tenant-id': tenantId }, ...(body ? { body } : {}) })).status;

  // Functions that asked for the users a moment ago know one a little later.
  await expect.poll(() => statusOf('/scenarios', tenant), patience).toBe(200);
  await expect.poll(() => statusOf('/metrics', tenant), patience).toBe(200);
  for (const route of ['/scenarios', '/metrics', '/models', `/items?scenario_id=${scenario}`, '/users/user-1/profile'])
    expect(await statusOf(route, 'other'), route).toBe(404);
  expect(await statusOf('/recommend', 'other', { scenario_id: scenario })).toBe(404);
  expect((await answered('/users/user-4/profile', { headers: { 'x-tenant-id': 'other' } })).status).toBe(404);
});

test('an erased user is in no row and no file any more, and nothing of them comes in again', async () => {
  const { erased } = await ask<{ erased: number }>('/users/user-4', { method: 'DELETE' });
  expect(erased).toBeGreaterThan(touchedOfEach);
  const event = { scenario_id: scenario, item_id: 'item-1-0', action_type: 'click', timestamp: Date.now() };
  await ask('/behaviors/track/batch', {
    body: {
      events: [
        { ...event, user_id: 'user-4', event_id: 'late' },
        { ...event, user_id: 'user-7', event_id: 'beside' },
      ],
    },
  });

  await expect.poll(() => rowsOf(`event_id = 'beside'`), patience).toBe(1);
  expect(await tablesNaming(flow, 'user-4')).toEqual([]);
  await expect.poll(filed, patience).not.toContain('user-4');
  expect(await filed()).toContain('user-7');
  expect((await answered('/users/user-4/profile')).status).toBe(404);
  const log = await readFile(path.join(flow.running.directory, 'log', 'stack.jsonl'), 'utf8');
  // Functions have written there what they do, and never of whom.
  expect(log).toContain('A model was trained');
  expect(log.split('\n').filter((line) => /user-4\b/.test(line))).toEqual([]);
});
