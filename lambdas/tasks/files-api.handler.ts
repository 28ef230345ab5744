import { authenticateCallers } from '#adapters/callers.ts';
import { systemClock } from '#adapters/clock.ts';
import { apiDatabase } from '#adapters/database/api-database.ts';
import { presigner } from '#adapters/objects/presigned.ts';
import { bucketUploads } from '#adapters/objects/uploads.ts';
import { queue } from '#adapters/queue.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { tasksEnvelope } from './api/envelope.ts';
import { filesApiEnv } from './contract.ts';
import { type FileTables, fileBook } from './files/file-book-store.ts';
import { filesApi } from './files/routes.ts';

// Long enough for a part over a slow line; a role's own credentials may end before.
const addressSeconds = 3600;

/** Files of callers: announced, uploaded straight to the bucket, completed. */
export const handler = apiHandler({
  env: filesApiEnv,
  authenticate: (env) => authenticateCallers(env, { timestampFirst: true }),
  services(env) {
    const verifications = queue(env.VERIFY_FILES_QUEUE_URL);
    return {
      book: fileBook(apiDatabase<FileTables>(env.DATABASE_URL)),
      uploads: bucketUploads(env.FILES_BUCKET),
      sign: presigner(env.FILES_BUCKET, addressSeconds),
      verify: (file_id: string) => verifications({ file_id }),
      limits: {
        maxBytes: env.FILES_MAX_BYTES,
        keepDays: env.FILES_KEEP_DAYS,
        unfinishedHours: env.FILES_UNFINISHED_HOURS,
      },
      clock: systemClock,
    };
  },
  routes: filesApi,
  envelope: tasksEnvelope,
});
