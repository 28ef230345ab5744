import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../../../lambdas/recommender/behavior/actions.ts';
import { behaviorStore } from '../../../../lambdas/recommender/behavior/behavior-store.ts';
import { behaviorEvent } from '../../../../lambdas/recommender/behavior/event.ts';
import { rowsOf } from '../../../../lambdas/recommender/behavior/rows.ts';
import { userHash } from '../../../../lambdas/recommender/erasure/user-hash.ts';
import { answerFrom } from '../../../../lambdas/recommender/metrics/answer-store.ts';
import { startTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase<unknown>;
const key = 'a key of the test';
const now = new Date('2026-11-30T12:00:00Z');
const hour = 60 * 60 * 1000;

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
});
afterAll(() => database.stop());

const event = (changes: object = {}) =>
  behaviorEvent.parse({
    event_id: randomUUID(),
    tenant_id: 'site',
    scenario_id: 'films',
    user_id: 'ann',
    item_id: 'film-1',
    action_type: 'click',
    timestamp: now.getTime() - hour,
    ...changes,
  });
const store = (...events: ReturnType<typeof event>[]) =>
  behaviorStore(database.app, async () => key)({ timely: events.flatMap((one) => rowsOf(one, now)), late: [] });

async function kept(eventId: string) {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT item_id, part, day, request_id, strategy, slot, experiment_id, experiment_group FROM recommender.behaviors
    WHERE event_id = ${eventId} ORDER BY part`.execute(database.app.query);
  return rows;
}

async function answer(of: { tenant?: string; user?: string; at?: Date; items: object[]; group?: string }) {
  const id = randomUUID();
  const at = of.at ?? new Date(now.getTime() - 2 * hour);
  const day = at.toISOString().slice(0, 10);
  await sql`SELECT recommender.make_day('answers', ${day}::date)`.execute(database.app.query);
  await sql`
    INSERT INTO recommender.answers (tenant_id, request_id, scenario_id, user_id, asked_at, day, experiment_id,
      experiment_group, items)
    VALUES (${of.tenant ?? 'site'}, ${id}, 'films', ${of.user ?? 'ann'}, ${at.toISOString()}, ${day}::date, 'exp_001',
      ${of.group ?? 'a'}, ${JSON.stringify(of.items)}::jsonb)`.execute(database.app.query);
  return id;
}

describe('an event', () => {
  test('that comes again, in one batch or in two, is there once', async () => {
    const one = event();

    const first = await store(one, one);
    const again = await store(one);

    expect([first, again]).toMatchObject([
      { stored: 1, repeated: 1 },
      { stored: 0, repeated: 1 },
    ]);
    expect(await kept(one.event_id)).toHaveLength(1);
    const { rows } = await sql`
      SELECT rows_in, sum(rows_out)::int AS "out", sum(rows_filtered)::int AS filtered FROM platform.stream_counts
      WHERE workload = 'recommender' AND source = 'store-behaviors' GROUP BY rows_in`.execute(database.app.query);
    expect(rows).toEqual([{ rows_in: null, out: 1, filtered: 2 }]);
  });

  test('that is sent again with another day is the same event', async () => {
    const one = event();
    await store(one);

    const again = await store({ ...one, timestamp: one.timestamp - 48 * hour });

    expect(again).toMatchObject({ stored: 0, repeated: 1 });
    expect(await kept(one.event_id)).toMatchObject([{ day: '2026-11-30' }]);
  });

  test('of another tenant with the same id is another', async () => {
    const one = event();

    expect(await store(one, { ...one, tenant_id: 'shop' })).toMatchObject({ stored: 2 });
  });

  test('that shows several items is a row for each, in its place', async () => {
    const shown = event({ action_type: 'impression', item_id: undefined, items: ['x', 'y', 'x'], position: 3 });

    await store(shown);

    expect(await kept(shown.event_id)).toMatchObject([
      { item_id: 'x', part: 0, slot: 3 },
      { item_id: 'y', part: 1, slot: 4 },
    ]);
  });

  test('makes its user and its item, which waits for its content', async () => {
    await store(event({ user_id: 'new-user', item_id: 'new-item' }));

    const users = await sql`SELECT FROM recommender.users WHERE (tenant_id, user_id) = ('site', 'new-user')`.execute(
      database.app.query,
    );
    const items = await sql`
      SELECT status, content_hash FROM recommender.items
      WHERE (tenant_id, scenario_id, item_id) = ('site', 'films', 'new-item')`.execute(database.app.query);

    expect(users.rows).toHaveLength(1);
    expect(items.rows).toEqual([{ status: 'inactive', content_hash: null }]);
  });
});

test('an action that nobody knows is kept and counted as stored, and is part of no figure', async () => {
  const known = event({ tenant_id: 'figures', user_id: 'bob', action_type: 'impression' });
  const unknown = event({ tenant_id: 'figures', user_id: 'eve', action_type: 'waved' });
  const scope = { tenant_id: 'figures', from: '2026-11-30', to: '2026-11-30' };

  expect(await store(known, unknown)).toMatchObject({ stored: 2 });
  const { rows } = await answerFrom(
    database.app,
    { ask: 'figures', scope, by: [] },
    { hotFrom: '2026-11-01', knownActions: actions },
  );

  expect(await kept(unknown.event_id)).toHaveLength(1);
  expect(rows?.map(({ impressions, active_users }) => [Number(impressions), Number(active_users)])).toEqual([[1, 1]]);
});

describe('attribution', () => {
  const held = (item_id: string, slot: number, strategy = 'similar') => ({ item_id, slot, strategy, score: 1 });

  test('by request_id is exact', async () => {
    const request_id = await answer({ items: [held('p', 0), held('q', 1, 'hot')] });
    await answer({ at: new Date(now.getTime() - 1.5 * hour), items: [held('q', 7)], group: 'b' });
    const one = event({ item_id: 'q', request_id });

    await store(one);

    expect(await kept(one.event_id)).toMatchObject([
      { request_id, strategy: 'hot', slot: 1, experiment_id: 'exp_001', experiment_group: 'a' },
    ]);
  });

  test('without one is by the newest answer of that user that held the item within a day', async () => {
    await answer({ user: 'ben', at: new Date(now.getTime() - 30 * hour), items: [held('r', 1)] });
    const newest = await answer({ user: 'ben', at: new Date(now.getTime() - 3 * hour), items: [held('r', 4)] });
    await answer({ user: 'ben', at: new Date(now.getTime() - 2 * hour), items: [held('other', 0)] });
    await answer({ user: 'ben', at: new Date(now.getTime()), items: [held('r', 9)] });
    const one = event({ user_id: 'ben', item_id: 'r' });

    await store(one);

    expect(await kept(one.event_id)).toMatchObject([{ request_id: newest, slot: 4 }]);
  });

  test('never reaches another tenant’s answer, nor one that did not hold the item, nor an older one', async () => {
    const foreign = await answer({ tenant: 'shop', user: 'eve', items: [held('s', 2)] });
    await answer({ user: 'eve', items: [held('t', 2)] });
    await answer({ user: 'eve', at: new Date(now.getTime() - 26 * hour), items: [held('u', 2)] });
    const events = [
      event({ user_id: 'eve', item_id: 's', request_id: foreign }),
      event({ user_id: 'eve', item_id: 's' }),
      event({ user_id: 'eve', item_id: 'u' }),
    ];

    await store(...events);

    for (const { event_id } of events) expect(await kept(event_id)).toMatchObject([{ strategy: null, slot: null }]);
  });
});

test('what an erased user does later goes nowhere', async () => {
  await sql`
    INSERT INTO recommender.erased_users (tenant_id, user_hash)
    VALUES ('site', ${userHash(key, 'site', 'gone')})`.execute(database.app.query);
  const [theirs, others] = [event({ user_id: 'gone' }), event({ user_id: 'gone', tenant_id: 'shop' })];

  expect(await store(theirs, others)).toEqual({ stored: 1, late: 0, repeated: 0, erased: 1 });
  expect(await kept(theirs.event_id)).toEqual([]);
});

test('events that are too late stand apart, once', async () => {
  const old = rowsOf(event({ timestamp: now.getTime() - 24 * 9 * hour }), now);
  const keep = behaviorStore(database.app, async () => key);

  expect([await keep({ timely: [], late: old }), await keep({ timely: [], late: old })]).toMatchObject([
    { late: 1, stored: 0 },
    { late: 0, repeated: 1 },
  ]);
});

test('a day that two make at once is there once, and no table but those of days can be made or dropped', async () => {
  const another = database.another();
  const make = (of: TestDatabase<unknown>['app']) =>
    sql`SELECT recommender.make_day('behaviors', '2026-01-05')`.execute(of.query);

  await Promise.all([make(database.app), make(another)]);

  const { rows } = await sql<{ day: string }>`
    SELECT day FROM recommender.days_of('behaviors') AS days (day) WHERE day = '2026-01-05'`.execute(
    database.app.query,
  );
  expect(rows).toEqual([{ day: '2026-01-05' }]);
  await expect(sql`SELECT recommender.drop_day('items', '2026-01-05')`.execute(database.app.query)).rejects.toThrow(
    'No table of days',
  );
});
