import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Admin, Consumer } from '@platformatic/kafka';
import type { Faults } from '../faults.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { StreamSourceModel } from '../template/model.ts';
import { batchesOf } from './stream-poller/batches.ts';
import { type Delivery, deliver } from './stream-poller/deliver.ts';
import { doneSoFar } from './stream-poller/done-so-far.ts';
import type { PolledRecord } from './stream-poller/event.ts';
import { failedBatch } from './stream-poller/failed-batch.ts';
import { ownedBy } from './stream-poller/owned-by.ts';

export interface StreamPoller {
  stop(): Promise<void>;
}

export interface StreamPollerOptions {
  readonly source: StreamSourceModel;
  /** host:port, separated by commas. */
  readonly brokers: string;
  readonly functions: FunctionHost;
  readonly faults: Faults;
  readonly s3: Pick<S3Client, 'send'>;
  readonly onError: (message: string) => void;
}

const afterErrorMs = 1000;

/**
 * Lambda's event source mapping for Kafka: a consumer group of its own, named for the mapping, with a poller for each
 * partition as far as the mapping allows; each one in order, one batch at a time, its offsets committed only when the
 * batch is done or kept as failed. Source: Lambda Developer Guide, "Using Lambda with Amazon MSK".
 */
export function startStreamPoller(options: StreamPollerOptions): StreamPoller {
  const stop = new AbortController();
  const polling = startPollers(options, stop.signal);
  return {
    async stop() {
      stop.abort();
      await polling;
    },
  };
}

async function startPollers(options: StreamPollerOptions, signal: AbortSignal): Promise<void> {
  const { topic, pollers } = options.source;
  while (!signal.aborted) {
    try {
      const partitions = await partitionsOf(topic, options.brokers);
      await Promise.all(Array.from({ length: Math.min(partitions, pollers) }, () => keepPolling(options, signal)));
    } catch (error) {
      if (signal.aborted) return;
      options.onError(`${topic}: ${String(error)}`);
      await sleep(afterErrorMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function partitionsOf(topic: string, brokers: string): Promise<number> {
  const admin = new Admin({ clientId: 'one-machine', bootstrapBrokers: brokers.split(',') });
  try {
    const metadata = await admin.metadata({ topics: [topic] });
    return metadata.topics.get(topic)?.partitionsCount ?? 1;
  } finally {
    await admin.close();
  }
}

async function keepPolling(options: StreamPollerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await poll(options, signal);
    } catch (error) {
      if (signal.aborted) return;
      options.onError(`${options.source.topic}: ${String(error)}`);
      await sleep(afterErrorMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function poll(options: StreamPollerOptions, signal: AbortSignal): Promise<void> {
  const { source, brokers } = options;
  const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({
    clientId: 'one-machine-poller',
    groupId: source.id,
    bootstrapBrokers: brokers.split(','),
    autocommit: false,
    sessionTimeout: 10_000,
    heartbeatInterval: 1000,
    maxWaitTime: 500,
    // Records fetched ahead; a batch takes what it needs of them.
    highWaterMark: Math.max(source.batchSize * 2, 1000),
  });
  const end = () => void consumer.close(true).catch(() => undefined);
  signal.addEventListener('abort', end);
  // It could not join its group anew, and is in none from now on: another one takes its place. Unheard, it ends the process.
  consumer.on('error', (error: unknown) => {
    if (!signal.aborted) options.onError(`${source.topic}: ${String(error)}`);
    end();
  });
  try {
    const stream = await consumer.consume({ topics: [source.topic], mode: 'committed', fallbackMode: source.startsAt });
    const done = doneSoFar();
    const limits = { batchSize: source.batchSize, windowMs: source.windowSeconds * 1000 };
    for await (const batch of batchesOf(stream, limits)) {
      // After its group was shared out anew a stream has records of others, and some that it had before.
      const mine = done.without(ownedBy(consumer.assignments, batch));
      await deliver(mine, deliveryOf(options, consumer, signal));
      done.add(mine);
      if (signal.aborted) return;
    }
  } finally {
    signal.removeEventListener('abort', end);
    await consumer.close(true).catch(() => undefined);
  }
}

function deliveryOf(
  { source, brokers, functions, faults, s3, onError }: StreamPollerOptions,
  consumer: Consumer<Buffer, Buffer, Buffer, Buffer>,
  signal: AbortSignal,
): Delivery {
  return {
    source,
    brokers,
    functions,
    faults,
    signal,
    onError,
    commit: async (records) => {
      // A poller that lost a partition meanwhile must not set its new owner back.
      const owned = ownedBy(consumer.assignments, records);
      // A member that its group has just dropped has no id, and would ask without one: a request that brokers refuse.
      if (owned.length > 0 && consumer.memberId) await consumer.commit({ offsets: offsetsAfter(owned) });
    },
    bury: async (records, condition, tries) => {
      const failed = failedBatch(source, brokers, { records, condition, tries });
      onError(`${source.topic}: ${records.length} records were given up after ${tries} tries (${condition})`);
      if (!failed) return;
      const { bucket: Bucket, key: Key, body: Body } = failed;
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    },
  };
}

/** Per partition, where reading goes on. */
function offsetsAfter(records: readonly PolledRecord[]) {
  const last = new Map(records.map(({ record }) => [record.partition, record] as const));
  return [...last.values()].map(({ topic, partition, offset }) => ({
    topic,
    partition,
    offset: BigInt(offset) + 1n,
    leaderEpoch: -1,
  }));
}
