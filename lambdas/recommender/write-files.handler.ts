import { openDatabase } from '#adapters/database.ts';
import { secretField } from '#adapters/secrets.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { writeFileMessage, writeFilesEnv } from './contract.ts';
import { behaviorFilesIn } from './files/behavior-files-bucket.ts';
import { behaviorRows, erasedUsers } from './files/behavior-rows-store.ts';
import { writeFiles } from './files/write-files.ts';

/** Behaviour as Parquet: one file for each tenant and day, written anew when something came to it. */
export const handler = queueHandler({
  env: writeFilesEnv,
  message: writeFileMessage,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      rowsOf: behaviorRows(database),
      files: behaviorFilesIn(env.RAW_BUCKET),
      erasedIn: erasedUsers(database, () => secretField(env.ERASURE_SECRET, 'key')),
    };
  },
  handle: writeFiles,
});
