import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { objectStore } from '#adapters/object-store.ts';
import { ConflictError } from '#kit/errors.ts';
import { modelForgetter } from '../../../lambdas/recommender/cleanup/cleanup-store.ts';
import { userHash } from '../../../lambdas/recommender/erasure/user-hash.ts';
import { behaviorFilesIn } from '../../../lambdas/recommender/files/behavior-files-bucket.ts';
import { behaviorRows, lateRows } from '../../../lambdas/recommender/files/behavior-rows-store.ts';
import { dayKey, lateKey } from '../../../lambdas/recommender/files/write-files.ts';
import { modelBook } from '../../../lambdas/recommender/registry/model-store.ts';
import { useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { key, now, startCleanup } from './cleanup-under-test.ts';

const old = '2026-10-30';
let cleanup: Awaited<ReturnType<typeof startCleanup>>;

beforeAll(async () => {
  cleanup = await startCleanup(useLocalAws);
}, 600_000);
beforeEach(() => cleanup.emptied());
afterAll(() => cleanup?.stop());

test('a day past its time goes once the files of every tenant hold all of it', async () => {
  await cleanup.happenedIn('home', old, 'shop', ['a', 'b']);
  await cleanup.happenedIn('home', old, 'other:shop', ['a']);
  await cleanup.happenedIn('home', '2026-10-31', 'shop', ['c']);
  await cleanup.written('shop', old);

  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
  expect(cleanup.asked).toEqual([{ kind: 'day', tenant_id: 'other:shop', day: old }]);
  expect(await cleanup.daysOf('behaviors')).toEqual([old, '2026-10-31']);

  await cleanup.written('other:shop', old);
  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 1, behaviors: 3, waiting_days: 0 });
  expect(await cleanup.daysOf('behaviors')).toEqual(['2026-10-31']);
});

test('a file that lacks an event keeps its day in the database', async () => {
  await cleanup.happenedIn('home', old, 'shop', ['a']);
  await cleanup.written('shop', old);
  await cleanup.happenedIn('home', old, 'shop', ['straggler']);

  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
  await cleanup.written('shop', old);
  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 1, behaviors: 2 });
});

test('a file that holds something else of an event keeps its day in the database', async () => {
  await cleanup.happenedIn('home', old, 'shop', ['a']);
  await cleanup.written('shop', old);
  await cleanup.query(`UPDATE recommender.behaviors SET at = at + interval '1 microsecond'`);

  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
});

test('a file stays whole when its day is dropped while it is written again', async () => {
  await cleanup.happenedIn('home', old, 'shop', ['a']);
  await cleanup.written('shop', old);
  const rows = await behaviorRows(cleanup.database.app)('shop', old);
  await cleanup.query(`SELECT recommender.drop_day('behaviors', '${old}')`);

  await expect(Array.fromAsync(rows ?? [])).rejects.toThrow('left the database');
  // A day without a partition is not written over.
  await cleanup.written('shop', old);
  const kept = await Array.fromAsync(behaviorFilesIn('raw').read(dayKey('shop', old)));
  expect(kept.flat()).toHaveLength(1);
});

test('a day that was dropped and is brought again keeps what its file has, but for who was erased since', async () => {
  await cleanup.happenedIn('home', old, 'shop', ['a', 'b']);
  await cleanup.written('shop', old);
  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 1 });
  const before = (await Array.fromAsync(behaviorFilesIn('raw').read(dayKey('shop', old)))).flat();
  await cleanup.query(`SELECT recommender.make_day('behaviors', '${old}')`);
  await cleanup.query(`INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, extra, received_at)
    VALUES ('shop', 'home', 'later', 'i', 'view', '${old}', '${old}', 'c', '{}', now())`);

  await cleanup.written('shop', old);
  const after = (await Array.fromAsync(behaviorFilesIn('raw').read(dayKey('shop', old)))).flat();

  expect(after).toHaveLength(3);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(await cleanup.cleaned()).toMatchObject({ behavior_days: 1, behaviors: 3, waiting_days: 0 });

  await cleanup.query(`SELECT recommender.make_day('behaviors', '${old}')`);
  await cleanup.query(`INSERT INTO recommender.erased_users (tenant_id, user_hash)
    VALUES ('shop', '${userHash(await key(), 'shop', '王小明')}')`);
  await cleanup.written('shop', old);
  expect(await cleanup.query('SELECT user_id FROM recommender.behaviors')).toEqual([{ user_id: 'later' }]);
  await cleanup.query('TRUNCATE recommender.erased_users');
});

test('what came too late leaves the database once the file of its day of arrival holds it', async () => {
  for (const [event, at] of Object.entries({
    a: `${old} 00:00Z`,
    b: `${old} 23:59:59.999999Z`,
    c: '2026-10-31 00:00Z',
    d: '2026-11-05 12:00Z',
  }))
    await cleanup.cameLate(event, at);

  expect(await cleanup.cleaned()).toMatchObject({ late_days: 0, waiting_days: 1 });
  expect(cleanup.asked).toEqual([{ kind: 'late', tenant_id: 'shop', day: old }]);
  await cleanup.written('shop', old, 'late');

  expect(await cleanup.cleaned()).toMatchObject({ late_days: 1, late_behaviors: 2, waiting_days: 0 });
  expect(await cleanup.query('SELECT event_id FROM recommender.late_behaviors ORDER BY 1')).toEqual([
    { event_id: 'c' },
    { event_id: 'd' },
  ]);
  // Its message may be told twice, or be replayed out of the ledger.
  await cleanup.written('shop', old, 'late');
  expect((await Array.fromAsync(behaviorFilesIn('raw').read(lateKey('shop', old)))).flat()).toHaveLength(2);
});

test('a file of what came too late stays whole when its day leaves the database while it is written again', async () => {
  await cleanup.cameLate('a', `${old} 12:00Z`);
  const rows = await lateRows(cleanup.database.app)('shop', old);
  await cleanup.query('TRUNCATE recommender.late_behaviors');

  await expect(Array.fromAsync(rows ?? [])).rejects.toThrow('left the database');
});

describe('files of models', () => {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  const id = (nth: number) => `00000000-0000-4000-8000-00000000000${nth}`;
  const models = () => modelBook(cleanup.database.app);
  const made = async (nth: number, state: 'online' | 'candidate', days: number) => {
    const model_id = id(nth);
    await objectStore('raw').put(`recommender/models/${nth}`, 'bytes');
    const measures = { ndcg: 1, map: 1, precision: 1, recall: 1, coverage: 1, users: 1 };
    await models().keep(
      { tenant: 'shop', scenario: 'home' },
      {
        model_id,
        kind: 'popular',
        parameters: {},
        metrics: { own: measures, beside: null },
        data_window: { from: '', to: '' },
        counts: { users: 1, items: 1, interactions: 1, held_out: 1 },
        chosen_because: 'so',
        object_key: `recommender/models/${nth}`,
        state,
        created_at: daysAgo(days),
      },
      { items: [] },
    );
  };
  const files = async () => (await Array.fromAsync(objectStore('raw').list('recommender/models/'))).sort();

  test('go when nobody has had the model online for its time; the one before stays, and none comes back without its file', async () => {
    await made(1, 'online', 400);
    await made(2, 'online', 300);
    await made(3, 'candidate', 200);
    await made(4, 'online', 100);
    await made(5, 'candidate', 10);

    // 1 was online until 300 days ago, 2 until 100; 2 is what a roll back goes to.
    expect(await cleanup.cleaned()).toMatchObject({ models: 2 });
    expect(await files()).toEqual([2, 4, 5].map((nth) => `recommender/models/${nth}`));
    expect(await cleanup.cleaned()).toMatchObject({ models: 0 });

    const how = { at: now, read: async () => ({ items: [] }) };
    await expect(models().promote('shop', id(1), how)).rejects.toThrow(ConflictError);
    expect(await models().online({ tenant: 'shop', scenario: 'home' })).toMatchObject({ model_id: id(4) });
    expect(await models().promote('shop', id(2), how)).toMatchObject({ state: 'online' });
  });

  test('stay named where they could not be removed', async () => {
    await made(1, 'candidate', 200);
    const forget = modelForgetter(cleanup.database.app, async () => Promise.reject(new Error('S3 is away')));

    await expect(forget(now)).rejects.toThrow('S3 is away');

    expect(await models().find('shop', id(1))).toMatchObject({ file_removed_at: null });
    expect(await cleanup.cleaned()).toMatchObject({ models: 1 });
  });
});

test('expired lists, days of answers, and vectors and neighbours of items that are gone, go and are counted', async () => {
  await cleanup.query(`INSERT INTO recommender.items (tenant_id, scenario_id, item_id, message_time, message_offset, updated_at, deleted_at)
    VALUES ('shop', 'home', 'here', now(), 0, now(), NULL), ('shop', 'home', 'removed', now(), 0, now(), now())`);
  await cleanup.query(`INSERT INTO recommender.item_vectors (tenant_id, scenario_id, item_id, kind, vector)
    SELECT tenant, 'home', item, 'text', '{1}' FROM (VALUES ('shop', 'here'), ('shop', 'removed'), ('other', 'here')) AS v (tenant, item)`);
  await cleanup.query(`INSERT INTO recommender.neighbors (tenant_id, scenario_id, item_id, other_id, score, computed_at)
    VALUES ('shop', 'home', 'here', 'removed', 1, now()), ('shop', 'home', 'removed', 'here', 1, now())`);
  await cleanup.query(`INSERT INTO recommender.recommendations (tenant_id, scenario_id, user_id, items, made_at, expires_at)
    VALUES ('shop', 'home', 'a', '[]', now(), '2026-11-30 03:59:59Z'), ('shop', 'home', 'b', '[]', now(), '2026-11-30 04:00:01Z')`);
  for (const day of [old, '2026-10-31']) await cleanup.query(`SELECT recommender.make_day('answers', '${day}')`);

  expect(await cleanup.cleaned()).toEqual({
    recommendations: 1,
    vectors: 2,
    neighbors: 2,
    answer_days: 1,
    behavior_days: 0,
    behaviors: 0,
    late_days: 0,
    late_behaviors: 0,
    waiting_days: 0,
    past_days: 0,
    past_behaviors: 0,
    uncounted_days: 0,
    models: 0,
    spark_files: 0,
  });
  expect(await cleanup.daysOf('answers')).toEqual(['2026-10-31']);
  expect(await cleanup.query('SELECT tenant_id, item_id FROM recommender.item_vectors')).toEqual([
    { tenant_id: 'shop', item_id: 'here' },
  ]);
  // A second run of the slot finds nothing.
  expect(await cleanup.cleaned()).toMatchObject({ recommendations: 0, vectors: 0, neighbors: 0, answer_days: 0 });
});

test('a day that two make at once is made once', async () => {
  const one = cleanup.database.another();
  for (let day = 1; day <= 28; day += 1) {
    const make = (by: typeof one) =>
      sql`SELECT recommender.make_day('behaviors', ${`2026-09-${String(day).padStart(2, '0')}`}::date)`.execute(
        by.query,
      );
    await Promise.all([make(one), make(cleanup.database.app)]);
  }
  expect(await cleanup.daysOf('behaviors')).toHaveLength(28);
});
