import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startStorage } from 'one-machine/services/storage.ts';
import { objectStore } from '#adapters/object-store.ts';
import { cleanUp } from '../../../lambdas/recommender/cleanup/clean-up.ts';
import { cleanupPorts } from '../../../lambdas/recommender/cleanup/cleanup-store.ts';
import { behaviorFilesIn } from '../../../lambdas/recommender/files/behavior-files-bucket.ts';
import {
  behaviorRows,
  erasedUsers,
  lateRows,
  rowsRestorer,
  segmentRows,
} from '../../../lambdas/recommender/files/behavior-rows-store.ts';
import type { ChangedDay, ChangedTenant } from '../../../lambdas/recommender/files/files-queue.ts';
import { fileRetention } from '../../../lambdas/recommender/files/retention-store.ts';
import { type FileWork, writeFiles } from '../../../lambdas/recommender/files/write-files.ts';
import { testCredentials, type useLocalAws } from '../../../packages/one-machine/test/support/aws.ts';
import { startTestDatabase } from '../../support/database.ts';

/** When the nightly cleanup of these tests runs. */
export const now = new Date('2026-11-30T04:00:00.000Z');

/** Of the hashes of erased users. */
export const key = async () => 'a key of the test';

const tables = ['late_behaviors', 'models', 'items', 'item_vectors', 'neighbors', 'recommendations', 'scenarios'];
const computed = ['kept_behavior', 'metrics_progress', 'daily_metrics'];

/**
 * The nightly cleanup over a database and a bucket of its own, with who writes the files it asks for. The test file sets the
 * variables of AWS itself: so it is seen to need a process of its own.
 */
export async function startCleanup(useAws: typeof useLocalAws) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const buckets = [{ name: 'raw', versioned: true }];
  const storage = await startStorage({ credentials: [testCredentials], directory, buckets, queues: [] });
  useAws({ AWS_ENDPOINT_URL_S3: storage.s3Url });
  const database = await startTestDatabase<unknown>();
  const asked: (ChangedDay | ChangedTenant)[] = [];
  const ports = {
    ...cleanupPorts(database.app, { RAW_BUCKET: 'raw', FILES_QUEUE_URL: 'http://none', FILES_DELAY_MS: 1 }),
    askForFiles: async (days: readonly (typeof asked)[number][]) => {
      asked.push(...days);
    },
  };
  const query = async <R>(text: string) => (await sql.raw<R>(text).execute(database.admin.query)).rows;
  const daysOf = async (kept: string) =>
    (await query<{ day: string }>(`SELECT day FROM recommender.days_of('${kept}') AS d (day)`)).map(({ day }) => day);
  const worked = (work: FileWork) =>
    writeFiles(work, {
      rowsOf: behaviorRows(database.app),
      lateRowsOf: lateRows(database.app),
      segmentsOf: segmentRows(database.app),
      restore: rowsRestorer(database.app, key),
      timelyFrom: () => '2026-11-01',
      files: behaviorFilesIn('raw'),
      erasedIn: erasedUsers(database.app, key),
      retention: fileRetention(database.app, () => now),
    });

  return {
    database,
    /** Files that the cleanup has asked for. */
    asked,
    query,
    /** Days that have a partition. */
    daysOf,
    /** What the function of files does. */
    worked,
    written: (tenant_id: string, day: string, kind: 'day' | 'late' = 'day') => worked({ kind, tenant_id, day }),
    cleaned: () => cleanUp(now, { hotDays: 30, modelDays: 90 }, ports),
    async happenedIn(scenario: string, day: string, tenant: string, events: readonly string[]): Promise<void> {
      await query(`SELECT recommender.make_day('behaviors', '${day}')`);
      for (const event of events)
        await query(`INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, extra, received_at)
          VALUES ('${tenant}', '${scenario}', '王小明', 'i', 'click', '${day} 23:59:59.123456Z', '${day}', '${event}', '{"a": [1.5, null, "é"]}', now())`);
    },
    /** Of what happened long ago. */
    cameLate: (event: string, at: string) =>
      query(`INSERT INTO recommender.late_behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, extra, received_at)
        VALUES ('shop', 'home', 'u', 'i', 'click', '2026-10-01', '2026-10-01', '${event}', '{}', '${at}')`),
    async emptied(): Promise<void> {
      asked.length = 0;
      for (const kept of ['behaviors', 'answers'])
        for (const day of await daysOf(kept)) await query(`SELECT recommender.drop_day('${kept}', '${day}')`);
      await query(`TRUNCATE ${[...tables, ...computed].map((name) => `recommender.${name}`).join(', ')}`);
      for await (const name of objectStore('raw').list('recommender/')) await objectStore('raw').remove(name);
    },
    async stop(): Promise<void> {
      await database.stop();
      await storage.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
