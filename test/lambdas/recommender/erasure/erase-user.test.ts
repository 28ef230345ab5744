import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { behaviorStore } from '../../../../lambdas/recommender/behavior/behavior-store.ts';
import { behaviorEvent } from '../../../../lambdas/recommender/behavior/event.ts';
import { rowsOf } from '../../../../lambdas/recommender/behavior/rows.ts';
import { userErasure } from '../../../../lambdas/recommender/erasure/erase-user-store.ts';
import { holdWriters } from '../../../../lambdas/recommender/erasure/tombstone-store.ts';
import type { NewExperiment } from '../../../../lambdas/recommender/experiments/experiment.ts';
import { experimentBook } from '../../../../lambdas/recommender/experiments/experiment-store.ts';
import { computeMetrics } from '../../../../lambdas/recommender/metrics/compute-store.ts';
import { updateProfiles } from '../../../../lambdas/recommender/profiles/profile-store.ts';
import { templateOf } from '../../../../lambdas/recommender/scenarios/templates.ts';
import { listParts } from '../../../../lambdas/recommender/serving/compose.ts';
import { listBook } from '../../../../lambdas/recommender/serving/list-store.ts';
import { precompute } from '../../../../lambdas/recommender/serving/precompute.ts';
import { recommend } from '../../../../lambdas/recommender/serving/recommend.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { now as at, scenarioIn } from '../scenario-under-test.ts';

let database: TestDatabase<unknown>;
const key = async () => 'a key of the test';
const now = new Date('2026-11-30T12:00:00Z');

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
afterAll(() => database.stop());

const did = (tenant_id: string, user_id: string, event_id: string) =>
  rowsOf(
    behaviorEvent.parse({
      event_id,
      tenant_id,
      scenario_id: 'films',
      user_id,
      item_id: 'film-1',
      action_type: 'click',
      timestamp: now.getTime(),
    }),
    now,
  );

async function failed(tenant_id: string, user_id: string): Promise<number> {
  const value = Buffer.from(JSON.stringify({ tenant_id, user_id, broken: true })).toString('base64');
  const { rows } = await sql<{ id: number }>`
    INSERT INTO platform.failures (natural_key, workload, source_kind, source_name, reason, message, input, attributes,
      occurred_at)
    VALUES (${`${tenant_id}${user_id}`}, 'recommender', 'stream', 'store-behaviors', 'PermanentError', 'wrong',
      ${JSON.stringify({ records: { x: [{ value }] } })}, '{}', now()) RETURNING id`.execute(database.admin.query);
  return rows[0]?.id ?? 0;
}

/** The tables of the schema in which a text stands, with its rows. */
async function places(text: string): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relnamespace = 'recommender'::regnamespace AND c.relkind = 'r'`.execute(database.admin.query);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*) AS n FROM ${sql.raw(name)} AS t WHERE t::text LIKE ${`%${text}%`}`.execute(database.admin.query);
    if ((rows[0]?.n ?? 0) > 0) found.push(name);
  }
  return found;
}

test('an erased user stands nowhere, and what comes later is refused; the same name of another tenant stays', async () => {
  const store = behaviorStore(database.app, key);
  const asked: string[] = [];
  const erasure = userErasure(database.app, { key, eraseFiles: async (tenant) => void asked.push(tenant) });
  const timely = [...did('site', 'zoe-q', 'e1'), ...did('shop', 'zoe-q', 'e2'), ...did('site', 'zoe-qq', 'e3')];
  await store({ timely, late: did('site', 'zoe-q', 'e4') });
  const [theirs, foreign, longer] = [
    await failed('site', 'zoe-q'),
    await failed('shop', 'zoe-q'),
    await failed('site', 'zoe-qq'),
  ];

  await erasure.erase('site', 'zoe-q');
  await erasure.erase('shop', 'nobody');

  expect(await store({ timely: did('site', 'zoe-q', 'e5'), late: [] })).toMatchObject({ erased: 1, stored: 0 });
  const { rows } = await sql<{ tenant_id: string; user_id: string }>`
    SELECT tenant_id, user_id FROM recommender.behaviors ORDER BY 1, 2`.execute(database.app.query);
  expect(rows).toEqual([
    { tenant_id: 'shop', user_id: 'zoe-q' },
    { tenant_id: 'site', user_id: 'zoe-qq' },
  ]);
  const { rows: inputs } = await sql<{ id: number; erased: boolean }>`
    SELECT id, input = '{"erased":true}' AS erased FROM platform.failures ORDER BY id`.execute(database.app.query);
  expect(inputs).toEqual([
    { id: theirs, erased: true },
    { id: foreign, erased: false },
    { id: longer, erased: false },
  ]);
  expect(asked).toEqual(['site', 'shop']);

  await erasure.erase('shop', 'zoe-q');
  await erasure.erase('site', 'zoe-qq');

  expect(await places('zoe-q')).toEqual([]);
});

describe('what is written later', () => {
  const given = async (user: string, name: string) => {
    const scenario = scenarioIn(database, 'later', name);
    await scenario.items([{ id: 'tea' }]);
    await scenario.deeds([{ user, item: 'tea' }]);
    return scenario;
  };
  const erasing = (user: string) =>
    userErasure(database.app, { key, eraseFiles: async () => undefined }).erase('later', user);

  test('of an erased user who asks again is nobody’s', async () => {
    const { key: of, parts } = await given('yan-w', 's1');
    await erasing('yan-w');
    const question = { key: of, count: 5, filters: { exclude_items: [], tags: [] }, context: { interests: [] } };

    const { request_id, items } = await recommend({ ...question, user: 'yan-w' }, parts.serving);
    await recommend({ ...question, user: 'yan-other' }, parts.serving);

    expect(items.length).toBeGreaterThan(0);
    expect(await parts.serving.answers.find('later', request_id)).toMatchObject({ user_id: '' });
    expect(await places('yan-w')).toEqual([]);
    expect(await places('yan-other')).toHaveLength(1);
  });

  test('of experiments names no erased user, however often days are added up anew', async () => {
    const of = await given('uma-k', 's4');
    const book = experimentBook(database.app);
    const variants = ['a', 'b'].map((name) => ({ name, traffic: 50, config: {} }));
    const wanted = { experiment_id: 'exp', scenario_id: 's4', name: 'x', description: '', least_lift: 0.1, variants };
    await book.add('later', wanted as NewExperiment, { author: 'test', now: at });
    await book.start('later', 'exp', at);
    const question = { key: of.key, count: 5, filters: { exclude_items: [], tags: [] }, context: { interests: [] } };
    const asked = async (user: string) => {
      const { request_id, experiment } = await recommend({ ...question, user }, of.parts.serving);
      await sql`
        UPDATE recommender.behaviors SET request_id = ${request_id}, experiment_id = 'exp',
          experiment_group = ${experiment?.group ?? null} WHERE user_id = ${user}`.execute(database.admin.query);
      return experiment;
    };
    const compute = () =>
      computeMetrics(database.app, { tenant: 'later', scenario: 's4', now: at, knownActions: ['click', 'impression'] });
    expect(await asked('uma-k')).toBeDefined();
    await compute();
    expect(await places('uma-k')).toEqual(
      expect.arrayContaining(['recommender.exposures', 'recommender.exposure_days']),
    );

    await erasing('uma-k');
    expect(await places('uma-k')).toEqual([]);
    // Who asks again takes part in nothing, and what is added up later finds nobody.
    await recommend({ ...question, user: 'uma-k' }, of.parts.serving);
    await compute();

    expect(await places('uma-k')).toEqual([]);
  });

  test('leaves out who was erased while lists were made', async () => {
    const scenario = await given('xi-v', 's2');
    const lists = listBook(database.app);
    const erasedMeanwhile = {
      ...lists,
      active: async (...asked: Parameters<typeof lists.active>) => {
        const users = await lists.active(...asked);
        await erasing('xi-v');
        return users;
      },
    };

    const made = await precompute(scenario.key, {
      ...listParts(database.app, async () => undefined),
      configOf: async () => templateOf('custom'),
      lists: erasedMeanwhile,
      clock: () => at,
    });

    expect(made).toEqual({ lists: 0 });
    expect(await places('"xi-v"')).toEqual([]);
  });

  test('leaves out who was erased while profiles were added up', async () => {
    const scenario = await given('wu-t', 's3');
    const query = sql`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    const waiting = async () => (await query.execute(database.admin.query)).rows;

    const profiles = await database.another().transaction(async (session) => {
      await holdWriters(session);
      await sql`DELETE FROM recommender.behaviors WHERE user_id = 'wu-t'`.execute(session.query);
      const begun = updateProfiles(database.app, scenario.key, { now: at, days: 30, actions: ['click'] });
      await expect.poll(waiting).toEqual([{ n: 1 }]);
      return { begun };
    });
    await profiles.begun;

    const { rows } = await sql`SELECT FROM recommender.profiles WHERE user_id = 'wu-t'`.execute(database.app.query);
    expect(rows).toEqual([]);
  });
});
