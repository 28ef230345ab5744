import { systemClock } from '#adapters/clock.ts';
import { objectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { pagesOf } from '#pages/page-reader-http.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { fetchPagesEnv } from './contract.ts';
import { pageRequestMessage } from './message/page-request.ts';

/** Consumer of the queue of pages, outside of the VPC: reads the page into the bucket, then sends its message on. */
export const handler = queueHandler({
  env: fetchPagesEnv,
  message: pageRequestMessage,
  ledger: sendFailures,
  services: (env) => ({
    read: pagesOf(env, objectStore(env.RAW_BUCKET), systemClock),
    sendOn: queue(env.TAG_PAGES_QUEUE_URL),
  }),
  async handle(request, { read, sendOn }) {
    await read(request.url);
    await sendOn(request);
  },
});
