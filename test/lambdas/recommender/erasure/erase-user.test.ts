import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { behaviorStore } from '../../../../lambdas/recommender/behavior/behavior-store.ts';
import { behaviorEvent } from '../../../../lambdas/recommender/behavior/event.ts';
import { rowsOf } from '../../../../lambdas/recommender/behavior/rows.ts';
import { userErasure } from '../../../../lambdas/recommender/erasure/erase-user-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

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
