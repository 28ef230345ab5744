import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { pageCache } from '#pages/page-cache-bucket.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { tagPagesEnv } from './contract.ts';
import { pageRequestMessage, unpacked } from './message/page-request.ts';
import { tagPage } from './steps/tag-page.ts';
import { progressStore } from './stores/progress-store.ts';
import { publisher } from './stores/publisher-topic.ts';
import { shippedTagger } from './stores/rules-bucket.ts';

/** Messages whose page was read, or couldn't be: tagged, published, counted. */
export const handler = queueHandler({
  env: tagPagesEnv,
  message: pageRequestMessage,
  ledger: sendFailures,
  services: (env) => {
    const bucket = objectStore(env.RAW_BUCKET);
    return {
      bucket,
      tagger: shippedTagger(env, systemClock),
      pages: pageCache(bucket),
      publish: publisher(env),
      progress: progressStore(openDatabase({ url: env.DATABASE_URL })),
      report: sendFailures(env.FAILURES_QUEUE_URL, bucket),
      clock: systemClock,
    };
  },
  handle: async (message, ports) => tagPage(await unpacked(message, ports.bucket), ports),
});
