import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { bucketUploads } from '#adapters/objects/uploads.ts';
import { scheduleHandler } from '#kit/schedule-handler.ts';
import { sweepFilesEnv } from './contract.ts';
import { type FileTables, fileBook } from './files/file-book-store.ts';
import { sweepFiles } from './files/sweep-files.ts';

/** Removes files whose time is over. Its own slots are not kept: the next will do. */
export const handler = scheduleHandler({
  env: sweepFilesEnv,
  services: (env) => ({
    book: fileBook(openDatabase<FileTables>({ url: env.DATABASE_URL })),
    uploads: bucketUploads(env.FILES_BUCKET),
    clock: systemClock,
    keepDays: env.TASKS_KEEP_DAYS,
  }),
  handle: (_slot, ports) => sweepFiles(ports),
});
