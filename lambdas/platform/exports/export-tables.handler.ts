import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { parquetChunks } from '#adapters/objects/parquet.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { count } from '#kit/telemetry.ts';
import { exportTablesEnv } from '../contract.ts';
import { slotBook } from '../slots/slot-store.ts';
import { editedTables } from './edited-tables.ts';
import { exportTables } from './export-tables.ts';
import { snapshots } from './snapshot-store.ts';

/** Called by the schedule: copies what people edited to the bucket, once a day. */
export const handler = scheduleHandler({
  env: exportTablesEnv,
  services: (env) => ({
    tables: editedTables,
    snapshot: snapshots(openDatabase({ url: env.DATABASE_URL })),
    writeFile: parquetChunks,
    store: objectStore(env.RAW_BUCKET),
  }),
  async handle({ scheduledAt }, ports) {
    const exported = await exportTables(scheduledAt.toISOString().slice(0, 10), ports);
    if (exported.state === 'exported') count('RowsExported', exported.rows);
    return exported;
  },
  // From within the VPC the book itself is in reach, and its queue is not.
  slots: {
    told: (env) => slotBook(openDatabase({ url: env.DATABASE_URL })).record,
    run: () => undefined,
  },
});
