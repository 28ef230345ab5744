import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { streamBatchHandler } from '#kit/stream-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { tagMessagesEnv } from './contract.ts';
import { incomingMessage } from './message/incoming-message.ts';
import { tagMessages } from './steps/tag-messages.ts';
import { pageQueue } from './stores/page-queue.ts';
import { progressStore } from './stores/progress-store.ts';
import { publisher } from './stores/publisher-topic.ts';
import { shippedTagger } from './stores/rules-bucket.ts';

/** Consumer of the topic: tags what needs no page at once, and puts the rest into the queue of pages. */
export const handler = streamBatchHandler({
  edge: 'tagger/tag-messages',
  env: tagMessagesEnv,
  message: incomingMessage,
  services: (env) => {
    const bucket = objectStore(env.RAW_BUCKET);
    return {
      tagger: shippedTagger(env, systemClock, true),
      publish: publisher(env),
      askForPages: pageQueue(env.PAGES_QUEUE_URL, bucket),
      progress: progressStore(openDatabase({ url: env.DATABASE_URL })),
      reject: sendFailures(env.FAILURES_QUEUE_URL, bucket),
      clock: systemClock,
    };
  },
  handleBatch: (messages, ports, seen) => tagMessages(messages, ports, seen),
});
