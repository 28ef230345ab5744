import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { correlated, correlationHeader, wellFormedId } from './correlation.ts';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import type { EdgeName } from './ledger/edge.ts';
import { once } from './once.ts';
import {
  decodeRecord,
  type PartitionBatch,
  partitionsOf,
  type RawRecord,
  type StreamEvent,
  type StreamRecord,
} from './stream/event.ts';
import type { Form } from './stream/read.ts';
import { failureOf, type Reject, type Rejected } from './stream/rejection.ts';
import { asError, count, logger } from './telemetry.ts';

/** Set by the StreamHandler construct, which knows whether the pollers take partial answers. */
const streamAnswerEnv = z.object({ STREAM_ANSWER: z.enum(['partial', 'whole']) });

/** Where a record stands in the broker. */
export type StreamPlace = Pick<RawRecord, 'topic' | 'partition' | 'offset'>;

/** A record with what was read of it. */
export interface StreamMessage<M> {
  readonly message: M;
  readonly record: StreamRecord;
}

interface CommonSpec<E extends z.ZodObject, M, S> {
  /** `platform/send-mail`: how the ledger names what failed. */
  readonly edge: EdgeName;
  readonly env: E;
  /** `jsonOf(schema)`, or `{ read }` of one's own. */
  readonly message: Form<M>;
  readonly services: (env: z.output<E>) => S;
}

export interface StreamSpec<E extends z.ZodObject, M, S extends { readonly reject: Reject }>
  extends CommonSpec<E, M, S> {
  /** One record at a time, each when the one before it in its partition is done. */
  readonly handle: (message: M, services: S, record: StreamRecord) => Promise<unknown>;
}

export interface StreamBatchSpec<E extends z.ZodObject, M, S extends { readonly reject: Reject }>
  extends CommonSpec<E, M, S> {
  /**
   * All that could be read of a partition's part of the event, in its order; none when none could. When it throws, all
   * of them come again. `seen` are those and the ones that go to the ledger: where the partition stands afterwards.
   * Resolves to those of them that turned out never to be doable; nothing stands for none.
   */
  readonly handleBatch: (
    messages: readonly StreamMessage<M>[],
    services: S,
    seen: readonly StreamPlace[],
  ) => Promise<readonly { readonly record: StreamRecord; readonly error: unknown }[] | undefined>;
}

/** The answer of an event source mapping with ReportBatchItemFailures, in the form MSK has. */
export interface StreamAnswer {
  readonly batchItemFailures: readonly {
    readonly itemIdentifier: { readonly partition: string; readonly offset: number };
  }[];
}

interface Outcome {
  readonly rejected: readonly Rejected[];
  readonly handled: number;
  /** The first record that must come again, and with it all after it. */
  readonly stoppedAt?: { readonly record: RawRecord; readonly error: unknown };
}

/**
 * A Kafka topic's consumer. Each partition goes on in its order and stops at its first failure, which alone is reported;
 * the others aren't held back. A record that can never be done is in the failure ledger before its partition goes on. Without
 * provisioned pollers any failure throws, and the whole event comes again.
 */
export function streamHandler<E extends z.ZodObject, M, S extends { readonly reject: Reject }>(
  spec: StreamSpec<E, M, S>,
): (event: StreamEvent, context: Context) => Promise<StreamAnswer> {
  return consumer(spec, (batch, ports) => oneByOne(spec, batch, ports));
}

/** The same for handlers that take a partition's records together, which is what makes thousands of them a second. */
export function streamBatchHandler<E extends z.ZodObject, M, S extends { readonly reject: Reject }>(
  spec: StreamBatchSpec<E, M, S>,
): (event: StreamEvent, context: Context) => Promise<StreamAnswer> {
  return consumer(spec, (batch, ports) => asBatch(spec, batch, ports));
}

function consumer<E extends z.ZodObject, M, S extends { readonly reject: Reject }>(
  spec: CommonSpec<E, M, S>,
  handle: (batch: PartitionBatch, ports: S) => Promise<Outcome>,
): (event: StreamEvent, context: Context) => Promise<StreamAnswer> {
  const services = once(() => spec.services(readEnv(spec.env)));
  const partial = once(() => readEnv(streamAnswerEnv).STREAM_ANSWER === 'partial');
  return instrumented(async (event: StreamEvent, context: Context) => {
    const ports = services();
    const partitions = partitionsOf(event);
    const outcomes = await Promise.all(partitions.map((batch) => handle(batch, ports)));
    await rejectAll(outcomes, ports.reject, {
      edge: spec.edge,
      door: context.invokedFunctionArn,
      event,
      requestId: context.awsRequestId,
      now: new Date(),
    });
    return answerFor(partitions, outcomes, partial() && !event.replay);
  });
}

async function oneByOne<E extends z.ZodObject, M, S extends { readonly reject: Reject }>(
  spec: StreamSpec<E, M, S>,
  { records }: PartitionBatch,
  ports: S,
): Promise<Outcome> {
  const rejected: Rejected[] = [];
  for (const [index, raw] of records.entries()) {
    try {
      const record = decodeRecord(raw);
      await correlated(idOf(record), async () => spec.handle(spec.message.read(record), ports, record));
    } catch (error) {
      if (!(error instanceof PermanentError)) {
        return { rejected, handled: index - rejected.length, stoppedAt: { record: raw, error } };
      }
      rejected.push({ record: raw, error });
    }
  }
  return { rejected, handled: records.length - rejected.length };
}

async function asBatch<E extends z.ZodObject, M, S extends { readonly reject: Reject }>(
  spec: StreamBatchSpec<E, M, S>,
  { records }: PartitionBatch,
  ports: S,
): Promise<Outcome> {
  const { rejected, messages, raws, stoppedAt } = readAll(spec.message, records);
  const done = stoppedAt ? records.indexOf(stoppedAt.record) : records.length;
  try {
    for (const { record, error } of (await spec.handleBatch(messages, ports, records.slice(0, done))) ?? []) {
      const raw = raws.get(record);
      if (raw) rejected.push({ record: raw, error });
    }
  } catch (error) {
    const record = messages[0] ? raws.get(messages[0].record) : records[0];
    if (!record) throw error;
    // Those before the first readable one are done: they are in the ledger when the answer goes out.
    return { rejected, handled: 0, stoppedAt: { record, error } };
  }
  return { rejected, handled: done - rejected.length, ...(stoppedAt ? { stoppedAt } : {}) };
}

/** Reads up to the first record whose reading fails for another reason than the record. */
function readAll<M>({ read }: Form<M>, records: readonly RawRecord[]) {
  const rejected: Rejected[] = [];
  const messages: StreamMessage<M>[] = [];
  const raws = new Map<StreamRecord, RawRecord>();
  for (const raw of records) {
    try {
      const record = decodeRecord(raw);
      messages.push({ message: read(record), record });
      raws.set(record, raw);
    } catch (error) {
      if (!(error instanceof PermanentError)) return { rejected, messages, raws, stoppedAt: { record: raw, error } };
      rejected.push({ record: raw, error });
    }
  }
  return { rejected, messages, raws, stoppedAt: undefined };
}

async function rejectAll(
  outcomes: readonly Outcome[],
  reject: Reject,
  origin: Parameters<typeof failureOf>[1],
): Promise<void> {
  const rejected = outcomes.flatMap((outcome) => outcome.rejected);
  count(
    'RecordsHandled',
    outcomes.reduce((sum, { handled }) => sum + handled, 0),
  );
  if (rejected.length === 0) return;
  // When even this fails the whole event comes again: nothing of it was acknowledged.
  await reject(rejected.map((one) => failureOf(one, origin)));
  count('RecordsRejected', rejected.length);
  logger().warn('Records went to the failure ledger', { records: rejected.length, first: asError(rejected[0]?.error) });
}

function answerFor(
  partitions: readonly PartitionBatch[],
  outcomes: readonly Outcome[],
  partial: boolean,
): StreamAnswer {
  const stopped = partitions.flatMap(({ id }, index) => {
    const stop = outcomes[index]?.stoppedAt;
    return stop ? [{ id, ...stop }] : [];
  });
  if (stopped.length === 0) return { batchItemFailures: [] };
  count('PartitionsStopped', stopped.length);
  for (const { id, record, error } of stopped)
    logger().error('A partition stopped and goes on from here', {
      error: asError(error),
      partition: id,
      offset: record.offset,
    });
  if (!partial) throw new Error(`${stopped.length} partitions stopped`, { cause: asError(stopped[0]?.error) });
  return {
    batchItemFailures: stopped.map(({ id, record }) => ({ itemIdentifier: { partition: id, offset: record.offset } })),
  };
}

function idOf({ topic, partition, offset, headers }: StreamRecord): string {
  const given = headers.find(({ name }) => name.toLowerCase() === correlationHeader)?.value?.toString();
  return wellFormedId(given) ?? `${topic}:${partition}:${offset}`;
}
