import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '../../../lambdas/kit/errors.ts';
import { updateHotItems } from '../../../lambdas/recommender/hot/hot-store.ts';
import { chanceFrom } from '../../../lambdas/recommender/models/chance.ts';
import { trainers } from '../../../lambdas/recommender/models/index.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { onlineModels } from '../../../lambdas/recommender/registry/online-model.ts';
import { readModel } from '../../../lambdas/recommender/registry/read-model.ts';
import { type TrainPorts, trainScenario } from '../../../lambdas/recommender/registry/train-scenario.ts';
import { trainingRows } from '../../../lambdas/recommender/registry/training-store.ts';
import type { ScenarioConfig } from '../../../lambdas/recommender/scenarios/scenario.ts';
import { templateOf } from '../../../lambdas/recommender/scenarios/templates.ts';
import { listParts, servingParts } from '../../../lambdas/recommender/serving/compose.ts';
import { listBook } from '../../../lambdas/recommender/serving/list-store.ts';
import { precompute } from '../../../lambdas/recommender/serving/precompute.ts';
import { recommend, recommendNext } from '../../../lambdas/recommender/serving/recommend.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
beforeEach(() => emptied(database));
afterAll(() => database.stop());

/** Objects in memory. */
function inMemory() {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes),
    read: async (key: string) => {
      const found = objects.get(key);
      if (!found) throw new NotFoundError(key);
      return found;
    },
  };
}

/** Two tastes of users, whose acts are in the database. */
async function withTastes(tenant: string, scenario: string) {
  const given = scenarioIn(database, tenant, scenario);
  const chance = chanceFrom(7);
  const items = Array.from({ length: 30 }, (_, item) => ({
    id: `i${item}`,
    category: item % 2 === 0 ? 'even' : 'odd',
  }));
  await given.items(items);
  await given.deeds(
    Array.from({ length: 50 }, (_, user) =>
      items
        .filter((_one, item) => chance() < (item % 2 === user % 2 ? 0.5 : 0.03))
        .map(({ id }, nth) => ({ user: `u${user}`, item: id, hours: 1 + nth })),
    ).flat(),
  );
  return given.key;
}

function ports(): TrainPorts & { readonly files: ReturnType<typeof inMemory> } {
  return {
    rows: trainingRows(database.app),
    models: modelBook(database.app),
    files: inMemory(),
    newId: randomUUID,
  };
}

const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

test('a model is trained on what users did, measured, kept and put online', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();

  const trained = await trainScenario(key, now, given);
  const model = await modelBook(database.app).find('t1', trained.model_id ?? '');

  expect(trained.state).toBe('online');
  expect(model).toMatchObject({ kind: 'dlae', state: 'online', counts: { users: 50, items: 30 } });
  expect(model?.metrics.own.ndcg).toBeGreaterThan(model?.metrics.beside?.measures.ndcg ?? 1);
  expect(given.files.objects.has(model?.object_key ?? '')).toBe(true);
});

test('a worse model is not promoted, and what was online stays', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const first = await trainScenario(key, now, given);

  const worse = await trainScenario(key, later(1), given, 'popular');

  expect(worse.state).toBe('candidate');
  expect((await given.models.online(key))?.model_id).toBe(first.model_id);
});

test('a better model takes the place of a worse one', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const first = await trainScenario(key, now, given, 'popular');

  const better = await trainScenario(key, later(1), given);

  expect(better.state).toBe('online');
  expect(await modelBook(database.app).find('t1', first.model_id ?? '')).toMatchObject({ state: 'retired' });
});

test('a roll back is one call, and the next answer is made with the older model', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const first = await trainScenario(key, now, given, 'popular');
  const second = await trainScenario(key, later(1), given);
  const online = onlineModels({ models: modelBook(database.app), files: given.files });
  expect((await online(key))?.model_id).toBe(second.model_id);

  await modelBook(database.app).promote('t1', first.model_id ?? '', { at: later(2), read: readModel(given.files) });

  expect((await online(key))?.model_id).toBe(first.model_id);
  expect((await online(key))?.score([{ item: 'i0', at: now }], 5).length).toBe(5);
});

test('the model online says which of the history speak for an item', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const { model_id } = await trainScenario(key, now, given);
  const online = await onlineModels({ models: modelBook(database.app), files: given.files })(key);
  const history = ['i0', 'i2', 'i4'].map((item) => ({ item, at: now }));

  const [first] = online?.score(history, 3) ?? [];

  expect(online?.model_id).toBe(model_id);
  expect(Number(first?.item.slice(1)) % 2).toBe(0);
  expect(history.map(({ item }) => item)).toEqual(expect.arrayContaining([...(first?.because ?? ['none'])]));
});

test.each([
  ['gone', (files: Map<string, Uint8Array>, key: string) => files.delete(key)],
  [
    'cut off',
    (files: Map<string, Uint8Array>, key: string) => files.set(key, (files.get(key) as Uint8Array).subarray(0, 20)),
  ],
  [
    'of another kind',
    (files: Map<string, Uint8Array>, key: string) => files.set(key, Buffer.from('{"kind":"nothing"}')),
  ],
])(
  'where the file of the model online is %s, popular items take its place, the answer says so, and no list is made',
  async (_how, harm) => {
    const key = await withTastes('t1', 's1');
    const given = ports();
    const { model_id = '' } = await trainScenario(key, now, given);
    await updateHotItems(database.app, key, now);
    const model = onlineModels({ models: modelBook(database.app), files: given.files });
    const { serving } = servingParts(database.app, { clock: () => now, model, key: async () => 'a key of the test' });
    const recall: ScenarioConfig['recall'] = [{ strategy: 'model', weight: 1, enabled: true }];
    const config = { ...templateOf('custom'), recall };
    const asked = { key, user: 'u0', count: 5, filters: { exclude_items: [], tags: [] }, context: { interests: [] } };
    const answering = { ...serving, configOf: async () => ({ config, experiment: undefined }) };
    const before = structuredClone([...given.files.objects]);
    for (const name of [...given.files.objects.keys()]) harm(given.files.objects, name);

    const answer = await recommend(asked, answering);
    const next = await recommendNext({ tenant: key.tenant, request_id: answer.request_id, count: 2 }, answering);

    for (const { fallback } of [answer, next]) expect(fallback).toEqual({ from: 'model', to: 'hot' });
    expect(answer.items).toHaveLength(5);
    expect(new Set(answer.items.map(({ strategy }) => strategy))).not.toContain('model');
    const lists = { ...listParts(database.app, model), lists: listBook(database.app), clock: () => now };
    await expect(precompute(key, { ...lists, configOf: async () => config })).rejects.toThrow(model_id);

    for (const [name, bytes] of before) given.files.objects.set(name, bytes);
    const mended = await recommend(asked, answering);
    expect(mended.fallback).toBeUndefined();
    expect(mended.items.map(({ strategy }) => strategy)).toContain('model');
  },
);

test('no tenant sees, promotes or is served another’s model, with the same ids everywhere', async () => {
  const mine = await withTastes('t1', 's1');
  const given = ports();
  const { model_id = '' } = await trainScenario(mine, now, given);
  const book = modelBook(database.app);

  expect(await book.find('t2', model_id)).toBeUndefined();
  expect(await book.promote('t2', model_id, { at: now, read: readModel(given.files) })).toBeUndefined();
  expect(await book.online({ tenant: 't2', scenario: 's1' })).toBeUndefined();
  expect((await book.list('t2', {}, { start: 0, length: 10 })).total).toBe(0);
  expect(await trainScenario({ tenant: 't2', scenario: 's1' }, now, given)).toMatchObject({ state: 'too-little' });
  expect([...given.files.objects.keys()]).toEqual([`recommender/models/t1/s1/${model_id}.model`]);
});

test('two that promote at the same time leave one model online', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const first = await trainScenario(key, now, given, 'popular');
  const second = await trainScenario(key, later(1), given);
  const others = [modelBook(database.another()), modelBook(database.another())];
  const how = { at: later(2), read: readModel(given.files) };

  await Promise.allSettled([
    others[0]?.promote('t1', first.model_id ?? '', how),
    others[1]?.promote('t1', second.model_id ?? '', how),
  ]);

  const { data } = await modelBook(database.app).list('t1', { state: 'online' }, { start: 0, length: 10 });
  expect(data.length).toBe(1);
});

test('factors of the model online are vectors of the items, and go with it', async () => {
  const key = await withTastes('t1', 's1');
  const given = ports();
  const { model_id: popular = '' } = await trainScenario(key, now, given, 'popular');
  const { model_id, state } = await trainScenario(key, later(1), given, 'ials');
  const vectors = async () => {
    const { rows } = await sql<{ model_id: string; vector: number[] }>`
      SELECT model_id, vector FROM recommender.item_vectors
      WHERE tenant_id = 't1' AND scenario_id = 's1' AND kind = 'factors'`.execute(database.app.query);
    return rows;
  };
  const promote = (id: string) =>
    modelBook(database.app).promote('t1', id, { at: later(2), read: readModel(given.files) });

  expect(state).toBe('online');
  expect(await vectors()).toHaveLength(30);
  for (const row of await vectors()) {
    expect(row.model_id).toBe(model_id);
    expect(Math.hypot(...row.vector)).toBeCloseTo(1, 4);
  }
  await promote(popular);
  expect(await vectors()).toEqual([]);
  await promote(model_id ?? '');
  expect(await vectors()).toHaveLength(30);
});

test('every kind of model is one that serving can read', () => {
  expect(Object.keys(trainers).sort()).toEqual(['cosine', 'dlae', 'ials', 'popular']);
});
