import { ProduceAcks, Producer, type ProducerOptions } from '@platformatic/kafka';
import { PermanentError, UnavailableError } from '#kit/errors.ts';
import { batches } from '#kit/messages/batches.ts';
import type { Compression } from '#kit/stream/compression.ts';
import type { StreamHeader } from '#kit/stream/event.ts';
import { iamSignIn } from './stream/iam.ts';

/** A record on its way out. */
export interface OutgoingRecord {
  readonly topic: string;
  /** @default the one that the key falls to */
  readonly partition?: number;
  /** Records of one key stay in one partition, and so in their order. */
  readonly key?: Buffer | undefined;
  /** `undefined`: a tombstone. */
  readonly value: Buffer | undefined;
  /** In their order; a name may stand several times. */
  readonly headers?: readonly StreamHeader[];
}

/** The broker would never take the record: it is larger than the topic allows. */
export class RecordTooLargeError extends PermanentError {
  override readonly name = 'RecordTooLargeError';
}

export interface StreamProducer {
  /**
   * Resolves when the broker has all of them on every replica it waits for. Throws {@link RecordTooLargeError}, and
   * {@link UnavailableError} when the broker is away for longer than the tries last; then some may be there already.
   */
  readonly send: (records: readonly OutgoingRecord[]) => Promise<void>;
  /** For those who end while others go on: a Lambda function keeps it. */
  readonly close: () => Promise<void>;
}

export interface StreamProducerOptions {
  /** `KAFKA_BROKERS`: host:port, separated by commas. */
  readonly brokers: string;
  /** `KAFKA_AUTH`: MSK's IAM over TLS, or nothing on one machine. */
  readonly auth: 'iam' | 'none';
  /** Of the cluster, for IAM. */
  readonly region: string;
  /** How batches are packed. @default gzip */
  readonly compression?: Compression;
  /** Bytes that wait or are under way at most; beyond it `send` waits. @default 16 MiB */
  readonly maxBufferedBytes?: number;
}

// Kafka takes a MiB a batch, before its own headers; a batch holds what one partition gets of a request.
const batchBytes = 900 * 1024;
const defaultBufferedBytes = 16 * 1024 * 1024;
// What a record takes beside its key, value and headers, at most.
const recordOverheadBytes = 64;

interface Waiting {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * An idempotent producer: a request that is repeated because its answer got lost is in the topic once. Requests go one
 * after the other, as large as what has come in meanwhile, compressed.
 */
export function streamProducer(options: StreamProducerOptions): StreamProducer {
  const { maxBufferedBytes = defaultBufferedBytes } = options;
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer | null>(clientOptions(options));
  const waiting: Waiting[] = [];
  const blocked: Waiting[] = [];
  let buffered = 0;
  let working: Promise<void> | undefined;

  const work = async () => {
    for (let batch = nextBatch(waiting); batch.length > 0; batch = nextBatch(waiting)) {
      const outcome = await sendNow(producer, batch).catch((error: unknown) => ({ error }));
      for (const one of batch) {
        buffered -= one.bytes;
        if (outcome) one.failed(outcome.error);
        else one.done();
      }
      admit();
    }
    working = undefined;
  };

  /** In their order: a small one that fits must not overtake a large one that doesn't, for both may be of one partition. */
  const admit = () => {
    // One larger than the whole buffer goes when nothing else waits.
    for (let [one] = blocked; one && (buffered === 0 || buffered + one.bytes <= maxBufferedBytes); [one] = blocked) {
      blocked.shift();
      buffered += one.bytes;
      waiting.push(one);
    }
    if (waiting.length > 0) working ??= Promise.resolve().then(work);
  };

  const enqueue = (records: readonly OutgoingRecord[]) =>
    new Promise<void>((done, failed) => {
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      blocked.push({ records, bytes, done, failed });
      admit();
    });

  return {
    send: async (records) => {
      await Promise.all(Array.from(batches(records, { size: batchBytes }, sizeOf), enqueue));
    },
    close: async () => {
      await working;
      await producer.close();
    },
  };
}

/** The first ones that fit into a batch together; one that fits into none goes alone. */
function nextBatch(waiting: Waiting[]): readonly Waiting[] {
  const [first = []] = batches(waiting, { size: batchBytes }, ({ bytes }) => bytes);
  return waiting.splice(0, first.length);
}

async function sendNow(
  producer: Producer<Buffer, Buffer, Buffer, Buffer | null>,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    await producer.send({
      messages: batch.flatMap(({ records }) =>
        records.map(({ topic, partition, key, value, headers = [] }) => ({
          topic,
          ...(partition === undefined ? {} : { partition }),
          ...(key === undefined ? {} : { key }),
          ...(value === undefined ? {} : { value }),
          // A map by identity: two headers of one name are two buffers.
          headers: new Map(headers.map((one) => [Buffer.from(one.name), one.value])),
        })),
      ),
      acks: ProduceAcks.ALL,
    });
  } catch (cause) {
    const tooLarge = nested(cause).some((error) => 'apiId' in error && error.apiId === 'MESSAGE_TOO_LARGE');
    if (tooLarge) throw new RecordTooLargeError('The record is larger than its topic allows', { cause });
    throw new UnavailableError(`Kafka did not take the records: ${nested(cause).at(-1)?.message}`, { cause });
  }
}

/** An error with all that it stands for; the innermost says what it was. */
function nested(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  return [error, ...(error instanceof AggregateError ? error.errors : [error.cause]).flatMap(nested)];
}

function sizeOf({ key, value, headers = [] }: OutgoingRecord): number {
  const ofHeaders = headers.reduce((sum, one) => sum + one.name.length * 3 + (one.value?.length ?? 0) + 10, 0);
  return recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}

function clientOptions({
  brokers,
  auth,
  region,
  compression = 'gzip',
}: StreamProducerOptions): ProducerOptions<Buffer, Buffer, Buffer, Buffer | null> {
  return {
    clientId: 'millrace',
    bootstrapBrokers: brokers.split(','),
    idempotent: true,
    compression,
    // Some ten seconds in all: a rolling restart of a broker takes less, and a batch comes again anyway.
    retries: 6,
    retryDelay: (_client, _operation, attempt) => Math.min(200 * 2 ** attempt, 3000),
    connectTimeout: 3000,
    requestTimeout: 15_000,
    timeout: 10_000,
    ...(auth === 'iam' ? iamSignIn(region) : {}),
  };
}
