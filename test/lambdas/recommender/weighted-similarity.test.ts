import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Caller } from '#kit/api/authentication.ts';
import { scenariosApi } from '../../../lambdas/recommender/scenarios/routes.ts';
import { scenarioWorks } from '../../../lambdas/recommender/schedules/works.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { clientOf } from './api-client.ts';
import { emptied, now, scenarioIn } from './scenario-under-test.ts';

const caller: Caller = { name: 'shop', scheme: 'bearer', tenants: ['t1'], permissions: ['operate'] };

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
beforeEach(() => emptied(database));
afterAll(() => database?.stop());

test('similarity goes by weights and age of actions where a scenario says so, and by users again once it doesn’t', async () => {
  const scenario = scenarioIn(database);
  const ask = clientOf(scenariosApi, scenario.parts, caller);
  const works = scenarioWorks(database.app, () => now, {
    model: async () => undefined,
    writeFiles: async () => undefined,
  });
  const scored = async () => {
    await works['compute-item-similarity'](scenario.key, now, undefined);
    const { rows } = await sql<{ scores: number[] }>`
      SELECT scores FROM recommender.similar_items WHERE item_id = 'i1'`.execute(database.app.query);
    return rows[0]?.scores[0];
  };
  const change = async (similarity: object | null) => {
    const path = { scenario_id: 's1' };
    const changed = await ask('PUT /api/v1/scenarios/{scenario_id}', { path, body: { config: { similarity } } });
    expect(changed, JSON.stringify(changed)).toMatchObject({ code: 200 });
  };
  await scenario.items([{ id: 'i1' }, { id: 'i2' }]);
  await scenario.deeds([
    { user: 'a', item: 'i1', action: 'click', hours: 0 },
    { user: 'a', item: 'i2', action: 'purchase', hours: 24 },
    { user: 'b', item: 'i1', action: 'like', hours: 0 },
    { user: 'c', item: 'i2', action: 'share', hours: 0 },
  ]);
  expect(await ask('POST /api/v1/scenarios', { body: { scenario_id: 's1', name: 's', type: 'custom' } })).toMatchObject(
    {
      code: 200,
    },
  );

  expect(await scored()).toBeCloseTo(1 / 2, 12);
  await change({ decay_per_day: 0.1 });
  const bought = 10 * Math.exp(-0.1);
  expect(await scored()).toBeCloseTo((2 * bought) / (Math.hypot(2, 3) * Math.hypot(bought, 5)), 9);
  await change(null);
  expect(await scored()).toBeCloseTo(1 / 2, 12);
});
