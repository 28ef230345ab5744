import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '../../../lambdas/kit/errors.ts';
import { chanceFrom } from '../../../lambdas/recommender/models/chance.ts';
import { trainers } from '../../../lambdas/recommender/models/index.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { onlineModels } from '../../../lambdas/recommender/registry/online-model.ts';
import { type TrainPorts, trainScenario } from '../../../lambdas/recommender/registry/train-scenario.ts';
import { trainingRows } from '../../../lambdas/recommender/registry/training-store.ts';
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

  await modelBook(database.app).promote('t1', first.model_id ?? '', later(2));

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

test('no tenant sees, promotes or is served another’s model, with the same ids everywhere', async () => {
  const mine = await withTastes('t1', 's1');
  const given = ports();
  const { model_id = '' } = await trainScenario(mine, now, given);
  const book = modelBook(database.app);

  expect(await book.find('t2', model_id)).toBeUndefined();
  expect(await book.promote('t2', model_id, now)).toBeUndefined();
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

  await Promise.allSettled([
    others[0]?.promote('t1', first.model_id ?? '', later(2)),
    others[1]?.promote('t1', second.model_id ?? '', later(2)),
  ]);

  const { data } = await modelBook(database.app).list('t1', { state: 'online' }, { start: 0, length: 10 });
  expect(data.length).toBe(1);
});

test('every kind of model is one that serving can read', () => {
  expect(Object.keys(trainers).sort()).toEqual(['cosine', 'dlae', 'ials', 'popular']);
});
