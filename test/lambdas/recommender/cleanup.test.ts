import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { objectStore } from '#adapters/object-store.ts';
import { cleanUp } from '../../../lambdas/recommender/cleanup/clean-up.ts';
import { cleanupBook } from '../../../lambdas/recommender/cleanup/cleanup-store.ts';
import type { CleanupPorts } from '../../../lambdas/recommender/cleanup/ports.ts';
import { behaviorFilesIn } from '../../../lambdas/recommender/files/behavior-files-bucket.ts';
import { behaviorRows } from '../../../lambdas/recommender/files/behavior-rows-store.ts';
import type { ChangedDay } from '../../../lambdas/recommender/files/files-queue.ts';
import { dayKey, writeFiles } from '../../../lambdas/recommender/files/write-files.ts';
import { type Storage, startStorage } from '../../../local/services/storage.ts';
import { testCredentials, useLocalAws } from '../../support/aws.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let directory: string;
let storage: Storage;
let database: TestDatabase<unknown>;
let asked: ChangedDay[];
let ports: CleanupPorts;

const now = new Date('2026-11-30T04:00:00.000Z');
const hotDays = 30;
const old = '2026-10-30';
const query = async <R>(text: string) => (await sql.raw<R>(text).execute(database.admin.query)).rows;
const cleaned = () => cleanUp(now, hotDays, ports);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  storage = await startStorage({
    credentials: [testCredentials],
    directory,
    buckets: [{ name: 'raw', versioned: true }],
    queues: [],
  });
  useLocalAws({ AWS_ENDPOINT_URL_S3: storage.s3Url });
  database = await startTestDatabase<unknown>();
  const files = behaviorFilesIn('raw');
  ports = {
    book: cleanupBook(database.app),
    files: {
      rowsOf: async (tenant, day) =>
        (await objectStore('raw').exists(dayKey(tenant, day))) ? files.read(dayKey(tenant, day)) : undefined,
    },
    askForFiles: async (days) => {
      asked.push(...days);
    },
  };
}, 600_000);

beforeEach(async () => {
  asked = [];
  for (const kept of ['behaviors', 'answers'])
    for (const { day } of await query<{ day: string }>(`SELECT day FROM recommender.days_of('${kept}') AS d (day)`))
      await query(`SELECT recommender.drop_day('${kept}', '${day}')`);
  await query(
    'TRUNCATE recommender.items, recommender.item_vectors, recommender.neighbors, recommender.recommendations',
  );
  for await (const key of objectStore('raw').list('recommender/')) await objectStore('raw').remove(key);
});

afterAll(async () => {
  await database?.stop();
  await storage?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function happened(day: string, tenant: string, ...events: readonly string[]): Promise<void> {
  await query(`SELECT recommender.make_day('behaviors', '${day}')`);
  for (const event of events)
    await query(`INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, extra, received_at)
      VALUES ('${tenant}', 'home', '王小明', 'i', 'click', '${day} 23:59:59.123456Z', '${day}', '${event}', '{"a": [1.5, null, "é"]}', now())`);
}

const written = (tenant: string, day: string) =>
  writeFiles(
    { kind: 'day', tenant_id: tenant, day },
    { rowsOf: behaviorRows(database.app), files: behaviorFilesIn('raw'), erasedIn: async () => () => false },
  );
const daysOf = async (kept: string) =>
  (await query<{ day: string }>(`SELECT day FROM recommender.days_of('${kept}') AS d (day)`)).map(({ day }) => day);

test('a day past its time goes once the files of every tenant hold all of it', async () => {
  await happened(old, 'shop', 'a', 'b');
  await happened(old, 'other:shop', 'a');
  await happened('2026-10-31', 'shop', 'c');
  await written('shop', old);

  expect(await cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
  expect(asked).toEqual([{ tenant_id: 'other:shop', day: old }]);
  expect(await daysOf('behaviors')).toEqual([old, '2026-10-31']);

  await written('other:shop', old);
  expect(await cleaned()).toMatchObject({ behavior_days: 1, behaviors: 3, waiting_days: 0 });
  expect(await daysOf('behaviors')).toEqual(['2026-10-31']);
});

test('a file that lacks an event keeps its day in the database', async () => {
  await happened(old, 'shop', 'a');
  await written('shop', old);
  await happened(old, 'shop', 'straggler');

  expect(await cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
  await written('shop', old);
  expect(await cleaned()).toMatchObject({ behavior_days: 1, behaviors: 2 });
});

test('a file that holds something else of an event keeps its day in the database', async () => {
  await happened(old, 'shop', 'a');
  await written('shop', old);
  await query(`UPDATE recommender.behaviors SET at = at + interval '1 microsecond'`);

  expect(await cleaned()).toMatchObject({ behavior_days: 0, waiting_days: 1 });
});

test('a file stays whole when its day is dropped while it is written again', async () => {
  await happened(old, 'shop', 'a');
  await written('shop', old);
  const rows = await behaviorRows(database.app)('shop', old);
  await query(`SELECT recommender.drop_day('behaviors', '${old}')`);

  await expect(Array.fromAsync(rows ?? [])).rejects.toThrow('left the database');
  // A day without a partition is not written over.
  await written('shop', old);
  const kept = await Array.fromAsync(behaviorFilesIn('raw').read(dayKey('shop', old)));
  expect(kept.flat()).toHaveLength(1);
});

test('expired lists, days of answers, and vectors and neighbours of items that are gone, go and are counted', async () => {
  await query(`INSERT INTO recommender.items (tenant_id, scenario_id, item_id, message_time, message_offset, updated_at, deleted_at)
    VALUES ('shop', 'home', 'here', now(), 0, now(), NULL), ('shop', 'home', 'removed', now(), 0, now(), now())`);
  await query(`INSERT INTO recommender.item_vectors (tenant_id, scenario_id, item_id, kind, vector)
    SELECT tenant, 'home', item, 'text', '{1}' FROM (VALUES ('shop', 'here'), ('shop', 'removed'), ('other', 'here')) AS v (tenant, item)`);
  await query(`INSERT INTO recommender.neighbors (tenant_id, scenario_id, item_id, other_id, score, computed_at)
    VALUES ('shop', 'home', 'here', 'removed', 1, now()), ('shop', 'home', 'removed', 'here', 1, now())`);
  await query(`INSERT INTO recommender.recommendations (tenant_id, scenario_id, user_id, items, made_at, expires_at)
    VALUES ('shop', 'home', 'a', '[]', now(), '2026-11-30 03:59:59Z'), ('shop', 'home', 'b', '[]', now(), '2026-11-30 04:00:01Z')`);
  for (const day of [old, '2026-10-31']) await query(`SELECT recommender.make_day('answers', '${day}')`);

  expect(await cleaned()).toEqual({
    recommendations: 1,
    vectors: 2,
    neighbors: 2,
    answer_days: 1,
    behavior_days: 0,
    behaviors: 0,
    waiting_days: 0,
  });
  expect(await daysOf('answers')).toEqual(['2026-10-31']);
  expect(await query('SELECT tenant_id, item_id FROM recommender.item_vectors')).toEqual([
    { tenant_id: 'shop', item_id: 'here' },
  ]);
  // A second run of the slot finds nothing.
  expect(await cleaned()).toMatchObject({ recommendations: 0, vectors: 0, neighbors: 0, answer_days: 0 });
});

test('a day that two make at once is made once', async () => {
  const one = database.another();
  for (let day = 1; day <= 28; day += 1) {
    const make = (by: typeof one) =>
      sql`SELECT recommender.make_day('behaviors', ${`2026-09-${String(day).padStart(2, '0')}`}::date)`.execute(
        by.query,
      );
    await Promise.all([make(one), make(database.app)]);
  }
  expect(await daysOf('behaviors')).toHaveLength(28);
});
