import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { NotFoundError, UnavailableError } from '#kit/errors.ts';
import { recommenderEnvelope } from '../../../lambdas/recommender/api/envelope.ts';
import { popular } from '../../../lambdas/recommender/models/popular.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { readModel } from '../../../lambdas/recommender/registry/read-model.ts';
import { modelsApi } from '../../../lambdas/recommender/registry/routes.ts';
import { trainingApi } from '../../../lambdas/recommender/registry/training-routes.ts';
import { trainingsOf } from '../../../lambdas/recommender/registry/training-runs.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { expectDocumented } from '../../support/documented.ts';
import { httpRequest, lambdaContext } from '../../support/lambda.ts';
import { emptied, now } from './scenario-under-test.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
beforeEach(() => emptied(database));
afterAll(() => database.stop());

/** Who asks: their tenant, and what they may do. */
const callers = {
  reader: { tenants: ['t1'], permissions: [] },
  operator: { tenants: ['t1'], permissions: ['operate'] },
  other: { tenants: ['t2'], permissions: ['operate'] },
} as const satisfies Record<string, Pick<Caller, 'tenants' | 'permissions'>>;
type Who = keyof typeof callers;

/** A model's file; tests take it away. */
let read: (name: string) => Uint8Array;
beforeEach(() => {
  read = () => popular.fit([{ user: 'u1', item: 'i1' }], [], {}).toBytes();
});

/** The executions that a state machine was asked for: as Step Functions does, one of each name. */
const executions = new Map<string, object>();
const machine = {
  start: async (name: string, input: object) => {
    if (executions.has(name)) return 'exists' as const;
    executions.set(name, input);
    return 'started' as const;
  },
};

async function ask(who: Who, routeKey: string, more: { path?: object; query?: object; body?: object } = {}) {
  const handler = apiHandler({
    env: z.object({}),
    authenticate: () => async (): Promise<Caller> => ({ name: who, scheme: 'bearer', ...callers[who] }),
    services: () => ({
      clock: () => now,
      models: modelBook(database.app),
      readModel: readModel({ read: async (name) => read(name) }),
      startTraining: trainingsOf(machine),
    }),
    routes: { ...modelsApi, ...trainingApi },
    envelope: recommenderEnvelope,
  });
  const [method = '', rawPath = ''] = routeKey.split(' ');
  const { requestContext, queryStringParameters: _none, ...event } = httpRequest();
  const query = new URLSearchParams({ ...more.query });
  const answered = await handler(
    {
      ...event,
      routeKey,
      rawPath,
      rawQueryString: query.toString(),
      requestContext: { ...requestContext, http: { ...requestContext.http, method } },
      queryStringParameters: Object.fromEntries(query),
      pathParameters: { ...more.path },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    },
    lambdaContext(),
  );
  const headers = Object.entries(answered.headers ?? {}).map(([k, value]) => [k, String(value)] as [string, string]);
  const route = rawPath.replaceAll(/\{\w+\}/g, '-');
  const text = answered.body ?? '';
  expectDocumented({ method, route }, new Response(undefined, { status: answered.statusCode, headers }), text);
  return { status: answered.statusCode, body: JSON.parse(text) };
}

const measures = { ndcg: 0.4, map: 0.1, precision: 0.3, recall: 0.2, coverage: 0.1, users: 50 };

async function kept(state: 'online' | 'candidate', minutes: number, scenario = 's1', tenant = 't1') {
  const model_id = randomUUID();
  await modelBook(database.app).keep(
    { tenant, scenario },
    {
      model_id,
      kind: 'popular',
      parameters: {},
      metrics: { own: measures, beside: null },
      data_window: { from: '2026-10-31T12:00:00.000Z', to: now.toISOString() },
      counts: { users: 50, items: 30, interactions: 400, held_out: 40 },
      chosen_because: 'popular: asked for',
      object_key: `recommender/models/${tenant}/${scenario}/${model_id}.model`,
      state,
      created_at: new Date(now.getTime() + minutes * 60_000),
    },
    { items: [] },
  );
  return model_id;
}

test('a list has the tenant’s models, the newest first, narrowed and by pages', async () => {
  const older = await kept('candidate', 0);
  const newer = await kept('online', 1);
  const elsewhere = await kept('online', 2, 's2');
  await kept('online', 3, 's1', 't2');
  const ids = async (query: object) => {
    const { body } = await ask('reader', 'GET /api/v1/models', { query });
    return [body.data.total, ...body.data.items.map((model: { model_id: string }) => model.model_id)];
  };

  expect(await ids({})).toEqual([3, elsewhere, newer, older]);
  expect(await ids({ scenario_id: 's1' })).toEqual([2, newer, older]);
  expect(await ids({ scenario_id: 's1', state: 'candidate' })).toEqual([1, older]);
  expect(await ids({ page: 2, page_size: 2 })).toEqual([3, older]);
  expect((await ask('reader', 'GET /api/v1/models', { query: { state: 'lost' } })).status).toBe(400);
});

test('a model is shown with its measures, and without the place of its bytes', async () => {
  const model_id = await kept('online', 0);

  const { status, body } = await ask('reader', 'GET /api/v1/models/{model_id}', { path: { model_id } });

  expect(status).toBe(200);
  expect(body).toMatchObject({ code: 200, message: 'success', data: { model_id, metrics: { own: measures } } });
  expect(body.data).not.toHaveProperty('object_key');
});

test('a model that is not there, or another tenant’s, is 404 to whoever looks or promotes', async () => {
  const model_id = await kept('candidate', 0);
  const asked: [Who, string][] = [
    ['reader', randomUUID()],
    ['other', model_id],
  ];
  for (const [who, id] of asked) {
    const { status, body } = await ask(who, 'GET /api/v1/models/{model_id}', { path: { model_id: id } });
    expect([status, body]).toEqual([404, { code: 404, message: `模型不存在: ${id}`, data: null }]);
  }
  const promoted = await ask('other', 'POST /api/v1/models/{model_id}/promote', { path: { model_id } });
  expect(promoted.status).toBe(404);
  expect((await modelBook(database.app).find('t1', model_id))?.state).toBe('candidate');
});

test('to promote puts one online in the place of the other, for operators alone', async () => {
  const before = await kept('online', 0);
  const model_id = await kept('candidate', 1);
  const route = 'POST /api/v1/models/{model_id}/promote';

  expect((await ask('reader', route, { path: { model_id } })).status).toBe(403);
  const { status, body } = await ask('operator', route, { path: { model_id } });

  expect([status, body.data.state, body.data.promoted_at]).toEqual([200, 'online', now.toISOString()]);
  expect((await modelBook(database.app).find('t1', before))?.state).toBe('retired');
});

test.each([
  ['is gone', 409, () => new NotFoundError('NoSuchKey')],
  ['is read while S3 is away', 503, () => new UnavailableError('S3 answered 503')],
  ['was cut off', 409, undefined],
])('a model whose file %s stays where it is, and so does the one online', async (_how, status, failure) => {
  const before = await kept('online', 0);
  const model_id = await kept('candidate', 1);
  const whole = read('');
  read = () => {
    if (failure) throw failure();
    return whole.subarray(0, -2);
  };

  const answered = await ask('operator', 'POST /api/v1/models/{model_id}/promote', { path: { model_id } });

  expect(answered.status).toBe(status);
  const state = async (id: string) => (await modelBook(database.app).find('t1', id))?.state;
  expect([await state(before), await state(model_id)]).toEqual(['online', 'candidate']);
});

test('a training starts once a minute, for operators alone and of their tenant', async () => {
  const route = 'POST /api/v1/models/train';
  const body = { scenario_id: 'films' };

  expect((await ask('reader', route, { body })).status).toBe(403);
  expect((await ask('operator', route, { body: {} })).status).toBe(400);
  const first = await ask('operator', route, { body });
  const again = await ask('operator', route, { body });
  const others = await ask('other', route, { body });

  expect([first, again, others].map((one) => [one.status, one.body.data.state])).toEqual([
    [202, 'started'],
    [202, 'exists'],
    [202, 'started'],
  ]);
  expect([...executions.values()]).toMatchObject([
    { schedule: 'train-model', scenarios: [{ tenant: 't1', scenario: 'films' }] },
    { schedule: 'train-model', scenarios: [{ tenant: 't2', scenario: 'films' }] },
  ]);
});

test('a kind that is asked for is another training, and one that there is not is refused', async () => {
  const route = 'POST /api/v1/models/train';
  const asked = (kind: string) => ask('operator', route, { body: { scenario_id: 'music', kind } });

  expect([(await asked('ials')).body.data.state, (await asked('popular')).body.data.state]).toEqual([
    'started',
    'started',
  ]);
  expect((await asked('magic')).status).toBe(400);
  expect([...executions.values()].slice(-2)).toMatchObject([
    { scenarios: [{ tenant: 't1', scenario: 'music', kind: 'ials' }] },
    { scenarios: [{ tenant: 't1', scenario: 'music', kind: 'popular' }] },
  ]);
});
