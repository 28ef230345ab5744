import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { secretField } from '#adapters/secrets.ts';
import { jsonOf } from '#kit/stream/read.ts';
import { streamBatchHandler } from '#kit/stream-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { behaviorStore } from './behavior/behavior-store.ts';
import { behaviorEvent } from './behavior/event.ts';
import { behaviorMarkers } from './behavior/markers-bucket.ts';
import { storeBehaviors } from './behavior/store-behaviors.ts';
import { storeBehaviorsEnv } from './contract.ts';
import { filesQueue } from './files/files-queue.ts';

/** Reads the topic of behaviour: stores each event once, in its day, joined to the answer that led to it. */
export const handler = streamBatchHandler({
  edge: 'recommender/store-behaviors',
  env: storeBehaviorsEnv,
  message: jsonOf(behaviorEvent),
  services: (env) => ({
    store: behaviorStore(openDatabase({ url: env.DATABASE_URL }), () => secretField(env.ERASURE_SECRET, 'key')),
    mark: behaviorMarkers(env.RAW_BUCKET),
    writeFiles: filesQueue(env.FILES_QUEUE_URL, env.FILES_DELAY_MS),
    clock: systemClock,
    reject: sendFailures(env.FAILURES_QUEUE_URL, objectStore(env.RAW_BUCKET)),
  }),
  handleBatch: (messages, ports) => storeBehaviors(messages, ports),
});
