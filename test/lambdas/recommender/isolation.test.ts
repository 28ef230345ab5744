import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NotFoundError } from '../../../lambdas/kit/errors.ts';
import { actions, isActed } from '../../../lambdas/recommender/behavior/actions.ts';
import { dayKey, lateKey, segmentsKey } from '../../../lambdas/recommender/files/write-files.ts';
import { updateHotItems } from '../../../lambdas/recommender/hot/hot-store.ts';
import { answerFrom } from '../../../lambdas/recommender/metrics/answer-store.ts';
import { computeMetrics } from '../../../lambdas/recommender/metrics/compute-store.ts';
import { chanceFrom } from '../../../lambdas/recommender/models/chance.ts';
import { updateProfiles } from '../../../lambdas/recommender/profiles/profile-store.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { onlineModels } from '../../../lambdas/recommender/registry/online-model.ts';
import { trainScenario } from '../../../lambdas/recommender/registry/train-scenario.ts';
import { trainingRows } from '../../../lambdas/recommender/registry/training-store.ts';
import { templateOf } from '../../../lambdas/recommender/scenarios/templates.ts';
import { listParts, servingParts } from '../../../lambdas/recommender/serving/compose.ts';
import { listBook } from '../../../lambdas/recommender/serving/list-store.ts';
import { precompute } from '../../../lambdas/recommender/serving/precompute.ts';
import { recommend, recommendNext } from '../../../lambdas/recommender/serving/recommend.ts';
import { computeSimilarity } from '../../../lambdas/recommender/similarity/similarity-store.ts';
import { vectorStore } from '../../../lambdas/recommender/vectors/vector-store.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

/** Two tenants with the same scenario, items and users. The first acts on even items alone, the second on odd ones. */

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
beforeEach(() => emptied(database));
afterAll(() => database?.stop());

const scenario = 'home';
// One name begins with the other, and both have what SQL, paths and JSON mind.
const tenants = ["o'neill", "o'neill:/%2F"];
const itemCount = 40;
const users = Array.from({ length: 16 }, (_, at) => `u${at}`);
const isOf = (place: number, item: string) => Number(item.slice(1)) % 2 === place;

/** What a tenant's users did, by chance, and as many events of each kind as they are counted by. */
async function given(tenant: string, place: number, seed: number) {
  const chance = chanceFrom(seed);
  const pick = (below: number) => Math.floor(chance() * below);
  const of = scenarioIn(database, tenant, scenario);
  await of.items(
    Array.from({ length: itemCount }, (_, at) => ({ id: `i${at}`, category: `c${at % 4}`, tags: [`t${at % 6}`] })),
  );
  const kinds = ['impression', 'click', 'view', 'like', 'purchase'];
  const deeds = users.flatMap((user) =>
    Array.from({ length: 12 + pick(6) }, () => ({
      user,
      item: `i${2 * pick(itemCount / 2) + place}`,
      action: kinds[pick(kinds.length)] ?? '',
      hours: 1 + pick(20),
    })),
  );
  await of.deeds(deeds);
  return deeds;
}

function inMemory() {
  const objects = new Map<string, Uint8Array>();
  return {
    put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes),
    read: async (key: string) => objects.get(key) ?? Promise.reject(new NotFoundError(key)),
  };
}

test.each([1, 2])(
  'everything at once, by chance (%d): nobody gets a row, list, model, figure or page of the other',
  async (seed) => {
    const files = inMemory();
    const deeds = [];
    for (const [place, tenant] of tenants.entries()) deeds.push(await given(tenant, place, seed * 10 + place));
    // One cache of models for both, as an instance of the function has it.
    const model = onlineModels({ models: modelBook(database.app), files });
    const { serving } = servingParts(database.app, { clock: () => now, model, key: async () => 'a key of the test' });
    const answersOf = (tenant: string, user: string) =>
      recommend(
        {
          key: { tenant, scenario },
          user,
          count: 6,
          filters: { exclude_items: [], tags: [] },
          context: { interests: [] },
        },
        serving,
      );
    const computed = async (tenant: string) => {
      const [on, key] = [database.another(), { tenant, scenario }];
      await computeSimilarity(on, key, { now, days: 30 });
      await updateHotItems(on, key, now);
      await updateProfiles(on, key, { now, days: 30, actions: actions.filter(isActed) });
      await computeMetrics(on, { ...key, now, knownActions: actions });
      const ports = { rows: trainingRows(on), models: modelBook(on), files, newId: randomUUID };
      await trainScenario(key, now, ports, 'dlae');
      const lists = { lists: listBook(on), configOf: async () => templateOf('custom'), clock: () => now };
      await precompute(key, { ...listParts(on, model), ...lists });
    };

    await Promise.all([
      ...tenants.map(computed),
      ...tenants.flatMap((tenant) => users.map((user) => answersOf(tenant, user))),
    ]);

    // A model goes by content as well, which both have.
    const ofBehavior = new Set(['similarity', 'hot']);
    for (const [place, tenant] of tenants.entries()) {
      for (const user of users) {
        const { items, request_id } = await answersOf(tenant, user);
        const next = await recommendNext({ tenant, request_id, count: 6 }, serving);
        for (const { item_id, metadata, contributions } of [...items, ...next.items]) {
          expect(metadata).toEqual({ title: `${tenant} ${item_id}` });
          for (const { strategy, because } of contributions) {
            if (ofBehavior.has(strategy)) expect([strategy, isOf(place, item_id)]).toEqual([strategy, true]);
            expect(because.filter((item) => !isOf(place, item))).toEqual([]);
          }
        }
        for (const other of tenants.filter((one) => one !== tenant))
          await expect(recommendNext({ tenant: other, request_id, count: 6 }, serving)).rejects.toThrow(NotFoundError);
      }
      const own = deeds[place] ?? [];
      const counted = (action: string) => own.filter((deed) => deed.action === action).length;
      const scope = { tenant_id: tenant, from: '2026-11-01', to: '2026-11-30' };
      const { rows } = await answerFrom(
        database.app,
        { ask: 'figures', scope, by: [] },
        { hotFrom: '2026-11-01', knownActions: actions },
      );
      const { impressions, clicks, conversions } = rows?.[0] ?? {};
      expect([impressions, clicks, conversions].map(Number)).toEqual(['impression', 'click', 'purchase'].map(counted));
      for (const { table, item } of await foreign(tenant, place)) expect([table, item]).toEqual([table, 'none']);
    }
  },
);

/** Items of what was computed for a tenant that are none of its users', and answers by a model that is none of its own. */
async function foreign(tenant: string, place: number) {
  const { rows } = await sql<{ table: string; item: string }>`
    SELECT * FROM (
      SELECT 'similar_items' AS table, unnest(item_id || others) AS item FROM recommender.similar_items WHERE tenant_id = ${tenant}
      UNION ALL SELECT 'hot_items', item_id FROM recommender.hot_items WHERE tenant_id = ${tenant}
      UNION ALL SELECT 'behaviors', item_id FROM recommender.behaviors WHERE tenant_id = ${tenant}
    ) AS found WHERE substr(item, 2)::int % 2 <> ${place}
    UNION ALL SELECT 'answers', request_id::text FROM recommender.answers AS a
      WHERE tenant_id = ${tenant} AND model_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM recommender.models AS m WHERE (m.tenant_id, m.model_id) = (a.tenant_id, a.model_id))`.execute(
    database.admin.query,
  );
  return rows;
}

test('vectors are near those of their own tenant alone, whoever’s are looked at first', async () => {
  const store = vectorStore(database.app);
  const vector = (at: number) => Float32Array.from([Math.cos(at), Math.sin(at)]);
  for (const [place, tenant_id] of tenants.entries()) {
    await scenarioIn(database, tenant_id, scenario).items([0, 1, 2].map((at) => ({ id: `i${at + place * 10}` })));
    const made = [0, 1, 2].map((at) => ({
      item_id: `i${at + place * 10}`,
      content_hash: 'h',
      vector: vector(at / 10),
    }));
    await store.keep({ tenant_id, scenario_id: scenario }, made);
  }
  for (const [place, tenant_id] of [...tenants.entries(), ...tenants.entries()]) {
    const wanted = { item_id: 'i0', content_hash: 'h', vector: vector(0) };
    const [found] = await store.nearest({ tenant_id, scenario_id: scenario }, [wanted], { count: 10, above: 0.1 });
    const ids = (found?.near ?? []).map(({ id }) => id).filter((id) => id !== 'i0');
    expect(ids.sort()).toEqual(place === 0 ? ['i1', 'i2'] : ['i10', 'i11', 'i12']);
  }
});

test('no two tenants share a path of files, whatever their names', () => {
  const signs = ['a', 'A', '/', '%', '%2F', '=', '..', ' ', "'", '臺', 'tenant=a'];
  const chance = chanceFrom(5);
  const names = new Set(
    Array.from({ length: 2000 }, () =>
      Array.from({ length: 1 + Math.floor(chance() * 4) }, () => signs[Math.floor(chance() * signs.length)]).join(''),
    ),
  );
  for (const keyOf of [
    (name: string) => dayKey(name, '2026-11-30'),
    (name: string) => lateKey(name, '2026-11-30'),
    segmentsKey,
  ])
    expect(new Set([...names].map(keyOf)).size).toBe(names.size);
});
