import { CompiledQuery, sql } from 'kysely';
import { systemClock } from '#adapters/clock.ts';
import { type Database, openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { presignedGet } from '#adapters/objects/presigned-get.ts';
import type { TaskContext } from '#kit/task.ts';
import { count, logger } from '#kit/telemetry.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { slots, workerMemory } from '../contract.ts';
import { type FileTables, fileBook } from '../files/file-book-store.ts';
import { taskFiles } from '../files/task-files.ts';
import { functions } from '../functions/index.ts';
import { functionProcesses } from '../processes/function-processes.ts';
import { functionProgram } from '../processes/program.ts';
import type { WorkerPorts } from '../worker/ports.ts';
import { deliveryStore } from './delivery-store.ts';
import { leaseStore } from './lease-store.ts';
import { type SendSettings, taskSends } from './sends-queue.ts';
import { sweepStore } from './sweep-store.ts';
import { insert, taskStore } from './task-store.ts';

/** Variables of everything that runs functions. */
export interface WorkerSettings extends SendSettings {
  readonly DATABASE_URL: string;
  readonly FILES_BUCKET: string;
  readonly ALERTS_QUEUE_URL: string;
  readonly TASKS_DOOR: string;
  readonly LEASE_SECONDS: number;
}

// A function's long query must not keep its lease from being renewed.
const connections = 2;

/** What workers and turns have in common. */
export function workerPorts(settings: WorkerSettings): WorkerPorts {
  const database = openDatabase<unknown>({ url: settings.DATABASE_URL, connections });
  // What tables there are is the store's to say; the connections are the same.
  const openFiles = database as unknown as Database<FileTables>;
  const bucket = objectStore(settings.RAW_BUCKET);
  const tasks = taskStore(database);
  const sweeps = sweepStore(database.query);
  const wake = wakeAlerts(settings.ALERTS_QUEUE_URL);
  return {
    functions,
    processes: functionProcesses({ program: functionProgram(), atMost: slots, memoryMegabytes: workerMemory }),
    leases: leaseStore(database, bucket),
    noteDelivery: deliveryStore(database.query),
    leaseSeconds: settings.LEASE_SECONDS,
    clock: systemClock,
    results: { put: (key, text) => bucket.put(key, text, { contentType: 'application/json' }) },
    files: (username) =>
      taskFiles(username, { book: fileBook(openFiles), read: objectStore(settings.FILES_BUCKET).read }),
    read: reading(database),
    log: {
      info: (message, fields = {}) => logger().info(message, { ...fields }),
      warn: (message, fields = {}) => logger().warn(message, { ...fields }),
    },
    count,
    sends: taskSends(settings, {
      outcome: (id) => tasks.outcome(id),
      heard: (ids) => sweeps.heard(ids),
      link: presignedGet(settings.RAW_BUCKET),
    }),
    door: settings.TASKS_DOOR,
    wakeAlerts: () => wake(['tasks']),
    replays: { find: (id) => tasks.find(id), insert: (task) => insert(database.query, task, undefined) },
  };
}

/** PostgreSQL itself sees to it that nothing is written. */
export function reading(database: Database<unknown>): TaskContext['read'] {
  return (statement, parameters = []) =>
    database.transaction(async ({ query }) => {
      await sql`SET TRANSACTION READ ONLY`.execute(query);
      const { rows } = await query.executeQuery<Record<string, unknown>>(CompiledQuery.raw(statement, [...parameters]));
      return rows;
    });
}
