import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { stepHandler } from '#kit/step-handler.ts';
import { collectSparkEnv, collectSparkInput, collectSparkOutput } from './contract.ts';
import { type FileTables, fileBook } from './files/file-book-store.ts';
import { collectResult } from './spark/collect-result.ts';
import { taskOwners } from './stores/owner-store.ts';

/** `Collect the result`: what a Spark job has written, as one file of the task's user. */
export const handler = stepHandler({
  env: collectSparkEnv,
  input: collectSparkInput,
  output: collectSparkOutput,
  services: (env) => {
    const database = openDatabase<FileTables>({ url: env.DATABASE_URL });
    return {
      book: fileBook(database),
      ownerOf: taskOwners(database.query),
      bucket: objectStore(env.FILES_BUCKET),
      clock: systemClock,
    };
  },
  handle: collectResult,
});
