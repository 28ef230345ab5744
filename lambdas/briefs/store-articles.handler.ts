import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { jsonOf } from '#kit/stream/read.ts';
import { streamBatchHandler } from '#kit/stream-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { dispatcher } from './collect/dispatcher-queue.ts';
import { storeArticlesEnv } from './contract.ts';
import { sentArticle } from './ports.ts';
import { storeArticles } from './stores/article-store.ts';

/** The topics' door: articles go into the database, and what ends with them is ended. */
export const handler = streamBatchHandler({
  edge: 'briefs/store-articles',
  env: storeArticlesEnv,
  message: jsonOf(sentArticle),
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      database,
      settings: env.BRIEFS_PLATFORMS,
      ...dispatcher(env, database, systemClock),
      reject: sendFailures(env.FAILURES_QUEUE_URL, objectStore(env.RAW_BUCKET)),
    };
  },
  handleBatch: async (messages, { database, settings, dispatch, exportStages }) => {
    const { toExport } = await storeArticles(
      database,
      messages.map(({ message }) => message),
      { settings, now: systemClock() },
    );
    await exportStages(toExport);
    await dispatch();
  },
});
