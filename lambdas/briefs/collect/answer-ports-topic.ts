import type { Database } from '#adapters/database.ts';
import type { ObjectStore } from '#adapters/object-store.ts';
import { queue } from '#adapters/queue.ts';
import { streamProducer } from '#adapters/stream.ts';
import { count } from '#kit/telemetry.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { topicOf } from '../platforms/platform.ts';
import type { AnswerPorts, SentArticle } from '../ports.ts';
import { endCall, writeFates } from '../stores/answer-store.ts';
import { isGone, openCalls } from '../stores/calls/open-call-store.ts';
import { endDetails } from '../stores/detail-end-store.ts';
import { type DispatcherOptions, dispatcher } from './dispatcher-queue.ts';

export interface AnswerOptions extends DispatcherOptions {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_AUTH: 'iam' | 'none';
  readonly KAFKA_REGION: string;
  readonly ALERTS_QUEUE_URL: string;
}

/** SQS holds no message back for longer. */
const longestDelaySeconds = 900;

/** Reading answers over the database, the bucket, the broker and the queues. */
export function answerPorts<T>(
  env: AnswerOptions,
  database: Database<T>,
  bucket: Pick<ObjectStore, 'readText' | 'remove'>,
  clock: () => Date,
): AnswerPorts {
  const door = env.SWEEPS_QUEUE_ARN;
  const { KAFKA_BROKERS: brokers, KAFKA_AUTH: auth, KAFKA_REGION: region } = env;
  const producer = streamProducer({ brokers, auth, region });
  const wake = wakeAlerts(env.ALERTS_QUEUE_URL);
  return {
    ...dispatcher(env, database, clock),
    driverOf: (platform) => env.BRIEFS_PLATFORMS[platform].driver,
    open: (calls) => openCalls(database, calls),
    dropAnswer: async (call, rawKey) => {
      if (await isGone(database, call)) await bucket.remove(rawKey);
    },
    writeFates: (page, decide) => writeFates(database, { ...page, door, now: clock() }, decide),
    endDetails: (details) => endDetails(database, details, { door, now: clock() }),
    end: (call, told) => endCall(database, call, { ...told, door, now: clock() }),
    wakeAt: (time) => {
      const delaySeconds = Math.ceil((time.getTime() - clock().getTime()) / 1000);
      return queue(env.ANSWERS_QUEUE_URL, { delaySeconds: Math.min(Math.max(delaySeconds, 0), longestDelaySeconds) })({
        wake: 'dispatch',
      });
    },
    raw: (key) => bucket.readText(key),
    send: (articles) => producer.send(articles.map(recordOf)),
    wakeAlerts: async () => {
      count('PlatformsStopped');
      await wake(['briefs']);
    },
    clock,
    random: Math.random,
  };
}

const recordOf = (article: SentArticle) => ({
  topic: topicOf(article.platform),
  // One stage's articles are one partition's: they are stored in bulk, and no transaction waits for another's rows.
  key: Buffer.from(article.stage_uuid),
  value: Buffer.from(JSON.stringify(article)),
});
