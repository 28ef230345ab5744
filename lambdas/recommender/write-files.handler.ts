import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { secretField } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { timelyFrom } from './behavior/rows.ts';
import { writeFileMessage, writeFilesEnv } from './contract.ts';
import { behaviorFilesIn } from './files/behavior-files-bucket.ts';
import { behaviorRows, erasedUsers, lateRows, rowsRestorer, segmentRows } from './files/behavior-rows-store.ts';
import { fileRetention } from './files/retention-store.ts';
import { writeFiles } from './files/write-files.ts';

/** Behaviour as Parquet: one file for each tenant and day, written anew when something came to it; users by activity beside. */
export const handler = queueHandler({
  env: writeFilesEnv,
  message: writeFileMessage,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    const key = () => secretField(env.ERASURE_SECRET, 'key');
    return {
      rowsOf: behaviorRows(database),
      lateRowsOf: lateRows(database),
      segmentsOf: segmentRows(database),
      restore: rowsRestorer(database, key),
      timelyFrom: () => timelyFrom(systemClock()),
      files: behaviorFilesIn(env.RAW_BUCKET),
      erasedIn: erasedUsers(database, key),
      retention: fileRetention(database, systemClock),
    };
  },
  handle: writeFiles,
});
