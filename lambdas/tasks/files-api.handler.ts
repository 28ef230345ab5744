import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { presigner } from '#adapters/objects/presigned.ts';
import { bucketUploads } from '#adapters/objects/uploads.ts';
import { queue } from '#adapters/queue.ts';
import { secretField } from '#adapters/secrets.ts';
import { bearerTokens } from '#kit/api/authentication.ts';
import { apiHandler } from '#kit/api-handler.ts';
import { filesApiEnv } from './contract.ts';
import { type FileTables, fileBook } from './files/file-book-store.ts';
import { filesApi } from './files/routes.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;
// Long enough for a part over a slow line; a role's own credentials may end before.
const addressSeconds = 3600;

/** Files of callers: announced, uploaded straight to the bucket, completed. */
export const handler = apiHandler({
  env: filesApiEnv,
  authenticate: (env) => bearerTokens(async () => [await secretField(env.API_TOKEN_SECRET, 'token')]),
  services(env) {
    const verifications = queue(env.VERIFY_FILES_QUEUE_URL);
    return {
      book: fileBook(openDatabase<FileTables>({ url: env.DATABASE_URL, connectTimeoutMs })),
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
});
