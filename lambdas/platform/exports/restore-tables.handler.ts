import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { parquetRows } from '#adapters/objects/parquet.ts';
import { readEnv } from '#kit/env.ts';
import { PermanentError } from '#kit/errors.ts';
import { instrumented } from '#kit/invocation.ts';
import { faultsAsText } from '#kit/issues.ts';
import { logger } from '#kit/telemetry.ts';
import { restoreTablesEnv, restoreTablesRequest } from '../contract.ts';
import { editedTables } from './edited-tables.ts';
import { restorations } from './restore-store.ts';
import { restoreTables } from './restore-tables.ts';

/** Restores rows from a day's export. Only a person invokes it, never another function. */
export const handler = instrumented(async (event: unknown) => {
  const request = restoreTablesRequest.safeParse(event);
  if (!request.success) throw new PermanentError(`The request: ${faultsAsText(request.error.issues)}`);
  const env = readEnv(restoreTablesEnv);
  const database = openDatabase<unknown>({ url: env.DATABASE_URL });
  try {
    const restored = await restoreTables(request.data, {
      tables: editedTables,
      transaction: restorations(database),
      readFile: parquetRows,
      store: objectStore(env.RAW_BUCKET),
    });
    logger().info(restored.dry_run ? 'Nothing was changed: a dry run' : 'Rows were restored', { restored });
    return restored;
  } finally {
    await database.close();
  }
});
