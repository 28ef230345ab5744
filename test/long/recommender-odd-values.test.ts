import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Storage, startStorage } from 'one-machine/services/storage.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '#kit/api/authentication.ts';
import { apiPorts } from '../../lambdas/recommender/api/compose.ts';
import { recommenderApi } from '../../lambdas/recommender/api/routes.ts';
import { testCredentials, useLocalAws } from '../../packages/one-machine/test/support/aws.ts';
import { clientOf } from '../lambdas/recommender/api-client.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

/** Every route with whatever a client may send in each place: refused or done, and never a fault of ours. */

type Route = keyof typeof recommenderApi;
const caller: Caller = { name: 'shop', scheme: 'bearer', tenants: ['t1'], permissions: ['operate', 'admin'] };

let directory: string;
let storage: Storage;
let database: TestDatabase<unknown>;
let ask: ReturnType<typeof clientOf<Route, ReturnType<typeof apiPorts>>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const queue = { visibilityTimeoutSeconds: 60, delaySeconds: 0, retentionSeconds: 3600, fifo: true };
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [{ name: 'raw', versioned: true }],
    queues: ['vectors', 'files'].map((name) => ({ ...queue, name: `${name}.fifo`, maximumMessageBytes: 1024 * 1024 })),
  });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url, AWS_ENDPOINT_URL_SQS: storage.sqsUrl });
  database = await startTestDatabase<unknown>();
  const env = {
    DATABASE_URL: 'unused',
    RAW_BUCKET: 'raw',
    VECTORS_QUEUE_URL: storage.queueUrl('vectors.fifo'),
    FILES_QUEUE_URL: storage.queueUrl('files.fifo'),
    ERASURE_SECRET: 'unused',
    HOT_DAYS: 30,
  };
  const opening = { database: database.app, key: async () => 'a key of the test', clock: () => new Date() };
  ask = clientOf(recommenderApi, apiPorts(env as Parameters<typeof apiPorts>[0], opening), caller);
}, 600_000);

afterAll(async () => {
  await database?.stop();
  await storage?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** In its place stands a list of lists of lists, deeper than any stack. */
const deep = '@deep@';
const sentBody = (body: unknown) =>
  JSON.stringify(body).replace(`"${deep}"`, () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`);
const odd: readonly unknown[] = [
  null,
  '',
  ' ',
  'a\0b',
  'half \ud800',
  "'; DROP TABLE recommender.items; --",
  '%00/../..',
  'x'.repeat(5000),
  '0000-01-01',
  '9999-12-31T23:59:59Z',
  '-1',
  '1e400',
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  true,
  [],
  {},
  { toString: 'x', constructor: 1, __proto__: null },
  deep,
];

const id = '7c0b4f4e-0000-4000-8000-000000000001';
const variants = ['a', 'b'].map((name) => ({ name, traffic: 50, config: { rerank: { seen: 'never' } } }));
const config = { rank: { objective: 'clicks' }, rerank: { freshness_weight: 0.1 }, retention: { behavior_days: 30 } };
const item = {
  item_id: 'i1',
  metadata: { title: 't', tags: ['a'], publish_time: 1, view_count: 2 },
  embedding: [1, 2],
};
const scenario_id = 's1';

interface Asked {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
}

/** What each route takes, each member of it there. */
const asked: Readonly<Record<Route, Asked>> = {
  'POST /api/v1/items': { body: { scenario_id, ...item, status: 'active' } },
  'GET /api/v1/items': { query: { scenario_id, status: 'active', category: 'a', tag: 'b', page: 1, page_size: 10 } },
  'POST /api/v1/items/batch': { body: { scenario_id, items: [item] } },
  'GET /api/v1/items/search': { query: { scenario_id, q: 'a', page: 1 } },
  'GET /api/v1/items/{scenario_id}/{item_id}': { path: { scenario_id, item_id: 'i1' } },
  'PUT /api/v1/items/{scenario_id}/{item_id}': {
    path: { scenario_id, item_id: 'i1' },
    body: { metadata: item.metadata },
  },
  'DELETE /api/v1/items/{scenario_id}/{item_id}': { path: { scenario_id, item_id: 'i1' } },
  'GET /api/v1/tenants': {},
  'POST /api/v1/scenarios': { body: { scenario_id, name: 'n', type: 'news', config } },
  'GET /api/v1/scenarios': { query: { page: 1, page_size: 10, type: 'news' } },
  'GET /api/v1/scenarios/{scenario_id}': { path: { scenario_id } },
  'PUT /api/v1/scenarios/{scenario_id}': {
    path: { scenario_id },
    body: { name: 'n', type: 'news', state: 'active', config },
  },
  'POST /api/v1/scenarios/{scenario_id}/validate': { path: { scenario_id }, body: { config } },
  'POST /api/v1/recommend': {
    body: {
      scenario_id,
      count: 5,
      filters: { exclude_items: ['x'], category: 'c', tags: ['t'], published_after: '2026-01-01' },
      context: { device_type: 'pc', os: 'x', location: 'y', interests: ['a'] },
      debug: true,
    },
  },
  'POST /api/v1/recommend/next': { body: { request_id: id, count: 5 } },
  'GET /api/v1/items/{scenario_id}/{item_id}/similar': { path: { scenario_id, item_id: 'i1' }, query: { count: 5 } },
  'GET /api/v1/users/{user_id}/behaviors': {
    path: { user_id: 'u' },
    query: { scenario_id, action: 'click', page: 1, page_size: 10 },
  },
  'GET /api/v1/users/{user_id}/profile': { path: { user_id: 'u' }, query: { scenario_id } },
  'GET /api/v1/models': { query: { scenario_id, state: 'online', page: 1, page_size: 10 } },
  'GET /api/v1/models/{model_id}': { path: { model_id: id } },
  'POST /api/v1/models/{model_id}/promote': { path: { model_id: id }, body: {} },
  'DELETE /api/v1/users/{user_id}': { path: { user_id: 'u' } },
  'POST /api/v1/experiments': {
    body: { experiment_id: 'e', scenario_id, name: 'n', description: 'd', variants, least_lift: 0.1 },
  },
  'GET /api/v1/experiments': { query: { scenario_id, state: 'running', page: 1, page_size: 10 } },
  'GET /api/v1/experiments/{experiment_id}': { path: { experiment_id: 'e' } },
  'POST /api/v1/experiments/{experiment_id}/start': { path: { experiment_id: 'e' } },
  'POST /api/v1/experiments/{experiment_id}/stop': { path: { experiment_id: 'e' } },
  'GET /api/v1/experiments/{experiment_id}/results': { path: { experiment_id: 'e' } },
  'DELETE /api/v1/scenarios/{scenario_id}': { path: { scenario_id } },
};

/** The value with one of its leaves, or one of its members as a whole, another: all of them, one after the other. */
function* changed(value: unknown, to: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return yield to;
  for (const [name, inner] of Object.entries(value)) {
    const put = (other: unknown) =>
      Array.isArray(value) ? value.map((one, at) => (String(at) === name ? other : one)) : { ...value, [name]: other };
    for (const other of changed(inner, to)) yield put(other);
    if (typeof inner === 'object' && inner !== null) yield put(to);
  }
}

const texts = (given: unknown) =>
  Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value)?.slice(0, 1000) : String(value),
    ]),
  );

async function codeOf(route: Route, { path, query, body }: Asked, user = 'u1'): Promise<number> {
  const { code } = await ask(route, {
    path: texts(path),
    query: texts(query),
    user,
    ...(body ? { body: sentBody(body) } : {}),
  });
  return code;
}

test.each(Object.entries(asked) as [Route, Asked][])('%s', async (route, given) => {
  const faults: unknown[] = [];
  const noted = async (what: unknown, sent: Asked, user?: string) => {
    const code = await codeOf(route, sent, user).catch((error: unknown) => String(error));
    if (typeof code !== 'number' || code >= 500) faults.push([code, what]);
  };
  await noted('as it should be', given);
  for (const to of odd) {
    for (const part of ['path', 'query', 'body'] as const)
      if (given[part] !== undefined)
        for (const other of changed(given[part], to)) await noted([part, to], { ...given, [part]: other });
    if (given.body) await noted(['all of the body', to], { ...given, body: to as object });
  }
  for (const user of ['', 'a\0', 'x'.repeat(300), '王小明']) await noted(['user', user], given, user);

  expect(faults).toEqual([]);
});
