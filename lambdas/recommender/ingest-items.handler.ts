import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { jsonOf } from '#kit/stream/read.ts';
import { streamBatchHandler } from '#kit/stream-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { ingestItemsEnv } from './contract.ts';
import { ingestItems } from './items/ingest-items.ts';
import { itemMessage } from './items/item-message.ts';
import { storeArrived } from './items/item-view-store.ts';
import { itemResults } from './items/results-topic.ts';
import { vectorsQueue } from './vectors/vectors-queue.ts';

/** Reads the items' topics: stores content, asks for vectors, and reports the result to the results topic. */
export const handler = streamBatchHandler({
  edge: 'recommender/ingest-items',
  env: ingestItemsEnv,
  message: jsonOf(itemMessage),
  services: (env) => {
    const database = openDatabase<unknown>({ url: env.DATABASE_URL });
    return {
      store: storeArrived(database),
      wake: vectorsQueue(env.VECTORS_QUEUE_URL),
      tell: itemResults(env),
      clock: systemClock,
      reject: sendFailures(env.FAILURES_QUEUE_URL, objectStore(env.RAW_BUCKET)),
    };
  },
  handleBatch: (messages, ports) => ingestItems(messages, ports),
});
