import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { bucketUploads } from '#adapters/objects/uploads.ts';
import { queue } from '#adapters/queue.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { verifyFileMessage, verifyFilesEnv } from './contract.ts';
import { type FileTables, fileBook } from './files/file-book-store.ts';
import { verifyFile } from './files/verify-file.ts';

/** One turn of reading a file that came in parts, to compare its hash; a file that isn't through comes again. */
export const handler = queueHandler({
  env: verifyFilesEnv,
  message: verifyFileMessage,
  ledger: sendFailures,
  services: (env) => ({
    book: fileBook(openDatabase<FileTables>({ url: env.DATABASE_URL })),
    uploads: bucketUploads(env.FILES_BUCKET),
    read: objectStore(env.FILES_BUCKET).read,
    again: queue(env.VERIFY_FILES_QUEUE_URL),
    clock: systemClock,
    turnSeconds: env.TURN_SECONDS,
  }),
  async handle({ file_id }, ports) {
    if ((await verifyFile(file_id, ports)) === 'more') await ports.again({ file_id });
  },
});
