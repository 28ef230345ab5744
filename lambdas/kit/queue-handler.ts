import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { correlated, correlationField, idInText, wellFormedId } from './correlation.ts';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { deadLettersOf } from './ledger/edge.ts';
import type { NewFailure } from './ledger/failure.ts';
import { messageFailure } from './ledger/message-failure.ts';
import { once } from './once.ts';
import { asError, count, logger } from './telemetry.ts';
import { readJsonAs } from './text/json.ts';

/** Set by the QueueHandler construct: where failures are told, and how often the queue hands out a message. */
const queueLedgerEnv = z.object({ FAILURES_QUEUE_URL: z.url(), QUEUE_ATTEMPTS: z.coerce.number().int().positive() });

/** Makes the sender of failures to the ledger from `FAILURES_QUEUE_URL`: `sendFailures`. */
export type OpenLedger = (queueUrl: string) => (failures: readonly NewFailure[]) => Promise<unknown>;

export interface QueueSpec<E extends z.ZodObject, M extends z.ZodType, S> {
  readonly env: E;
  /** One record's body, after JSON. */
  readonly message: M;
  /** Told of what can never be done, and of the last try's error; `undefined` for the ledger's own intake alone. */
  readonly ledger: OpenLedger | undefined;
  readonly services: (env: z.output<E>) => S;
  readonly handle: (message: z.output<M>, services: S) => Promise<unknown>;
}

export interface RecordSpec<E extends z.ZodObject, S> extends Omit<QueueSpec<E, z.ZodType, S>, 'message' | 'handle'> {
  /** Gets the record as SQS hands it over, whatever its body is. */
  readonly handle: (record: SQSRecord, services: S) => Promise<unknown>;
}

export interface BatchSpec<E extends z.ZodObject, M extends z.ZodType, S> extends Omit<QueueSpec<E, M, S>, 'handle'> {
  /** Gets the messages of one batch; after a PermanentError each alone, to find whose it is. */
  readonly handle: (messages: readonly z.output<M>[], services: S) => Promise<unknown>;
}

/**
 * A queue's consumer. Records are independent: the failed ones alone are reported back (ReportBatchItemFailures) and
 * come again. A message that can never be done, or failed at its last try, is in the ledger with its error before it is
 * acknowledged; what can't even be told of goes the way of the queue's redrive, to its dead letters.
 */
export function queueHandler<E extends z.ZodObject, M extends z.ZodType, S>(
  spec: QueueSpec<E, M, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return recordHandler({
    env: spec.env,
    ledger: spec.ledger,
    services: spec.services,
    handle: async (record, ports) => spec.handle(readJsonAs(spec.message, record.body, 'The message'), ports),
  });
}

/** The same for handlers that must take every record, also those of no known shape. */
export function recordHandler<E extends z.ZodObject, S>(
  spec: RecordSpec<E, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, (records, ports) =>
    Promise.allSettled(records.map(async (record) => correlated(idOf(record), async () => spec.handle(record, ports)))),
  );
}

export interface RecordsSpec<E extends z.ZodObject, S> extends Omit<RecordSpec<E, S>, 'handle'> {
  /** Gets a batch as SQS hands it over; resolves to what became of each record, in their order. */
  readonly handleAll: (records: readonly SQSRecord[], services: S) => Promise<readonly PromiseSettledResult<unknown>[]>;
}

/** The same for handlers that do a batch together and still say of each record what became of it. */
export function recordsHandler<E extends z.ZodObject, S>(
  spec: RecordsSpec<E, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, spec.handleAll);
}

/** The same for handlers that do a batch as one: all of it is done, or all comes again. A record of no known shape is apart. */
export function batchHandler<E extends z.ZodObject, M extends z.ZodType, S>(
  spec: BatchSpec<E, M, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, (records, ports) =>
    handleRead(spec, records, (messages) => asOneOrEach(messages, (some) => spec.handle(some, ports))),
  );
}

export interface ManySpec<E extends z.ZodObject, M extends z.ZodType, S> extends Omit<QueueSpec<E, M, S>, 'handle'> {
  /** Gets the messages of one batch; resolves to what became of each, in their order. */
  readonly handle: (messages: readonly z.output<M>[], services: S) => Promise<readonly PromiseSettledResult<unknown>[]>;
}

/** The same for handlers that do related messages together, and still say of each what became of it. */
export function manyHandler<E extends z.ZodObject, M extends z.ZodType, S>(
  spec: ManySpec<E, M, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, (records, ports) => handleRead(spec, records, (messages) => spec.handle(messages, ports)));
}

/** Hands the messages on that can be read, and puts what became of them beside those that can't. */
async function handleRead<M extends z.ZodType>(
  { message }: { readonly message: M },
  records: readonly SQSRecord[],
  handle: (messages: readonly z.output<M>[]) => Promise<readonly PromiseSettledResult<unknown>[]>,
): Promise<PromiseSettledResult<unknown>[]> {
  const read = await Promise.allSettled(records.map(async ({ body }) => readJsonAs(message, body, 'The message')));
  const messages = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const done = messages.length === 0 ? [] : [...(await handle(messages))];
  return read.map((one) => (one.status === 'rejected' ? one : (done.shift() ?? one)));
}

/** What became of each message. */
async function asOneOrEach<T>(
  messages: readonly T[],
  handle: (messages: readonly T[]) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const [whole] = await Promise.allSettled([handle(messages)]);
  const shared = whole.status === 'rejected' && whole.reason instanceof PermanentError && messages.length > 1;
  if (!shared) return messages.map(() => whole);
  const each: PromiseSettledResult<unknown>[] = [];
  for (const message of messages) each.push(...(await Promise.allSettled([handle([message])])));
  return each;
}

function consumer<E extends z.ZodObject, S>(
  spec: Pick<RecordSpec<E, S>, 'env' | 'ledger' | 'services'>,
  handleAll: (records: readonly SQSRecord[], services: S) => Promise<readonly PromiseSettledResult<unknown>[]>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const services = once(() => spec.services(readEnv(spec.env)));
  const giveUp = once(() => (spec.ledger ? givingUp(spec.ledger, readEnv(queueLedgerEnv)) : async () => false));
  return instrumented(async (event: SQSEvent) => {
    const [ports, givenUp] = [services(), giveUp()];
    const outcomes = await handleAll(event.Records, ports);
    const failures = event.Records.flatMap((record, index) => {
      const outcome = outcomes[index];
      return outcome?.status === 'rejected' ? [{ record, error: outcome.reason as unknown }] : [];
    });
    const inLedger = await Promise.all(
      failures.map(({ record, error }) => correlated(idOf(record), () => givenUp(record, error))),
    );
    const back = failures.filter((_failure, index) => !inLedger[index]);
    for (const { record, error } of back) tellFailure(record, error, 'A record failed and goes back to its queue');
    count('RecordsHandled', event.Records.length - failures.length);
    count('RecordsFailed', back.length);
    if (failures.length > back.length) count('RecordsRejected', failures.length - back.length);
    // One line a batch, not a record: lines are what costs.
    const correlation_ids = [...new Set(event.Records.map(idOf))];
    logger().info('The batch is done', { records: event.Records.length, failed: failures.length, correlation_ids });
    return { batchItemFailures: back.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  });
}

/** Puts a record that no further try would help, or that has none left, into the ledger; `false`: it isn't there. */
function givingUp(ledger: OpenLedger, { FAILURES_QUEUE_URL, QUEUE_ATTEMPTS }: z.output<typeof queueLedgerEnv>) {
  const tell = ledger(FAILURES_QUEUE_URL);
  return async (record: SQSRecord, reason: unknown): Promise<boolean> => {
    const attempts = Number(record.attributes.ApproximateReceiveCount);
    if (!(reason instanceof PermanentError) && attempts < QUEUE_ATTEMPTS) return false;
    const { name, message, stack } = asError(reason);
    const said = reason instanceof PermanentError ? message : `The last of ${attempts} tries: ${message}`;
    const place = { door: record.eventSourceARN, deadLetters: deadLettersOf(record.eventSourceARN) };
    const failure = messageFailure(record, place, {
      reason: name,
      message: said,
      stack,
      occurredAt: new Date(),
      attempts,
    });
    try {
      await tell([failure]);
    } catch (error) {
      // It comes again, or its queue's redrive takes it to the dead letters: those are drained into the ledger as well.
      tellFailure(record, error, 'A record that failed for good could not be told');
      return false;
    }
    tellFailure(record, reason, 'A record failed for good and is on its way into the ledger');
    return true;
  };
}

/** The sender's id, else the message's own: its redelivery keeps both. A state machine's messages have it in the body. */
function idOf({ messageAttributes, messageId, body }: SQSRecord): string {
  return wellFormedId(messageAttributes?.[correlationField]?.stringValue) ?? idInText(body) ?? messageId;
}

function tellFailure(record: SQSRecord, reason: unknown, what: string): void {
  correlated(idOf(record), () =>
    logger().error(what, {
      error: asError(reason),
      messageId: record.messageId,
      receiveCount: record.attributes.ApproximateReceiveCount,
    }),
  );
}
