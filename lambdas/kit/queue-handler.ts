import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { correlated, correlationField, idInText, wellFormedId } from './correlation.ts';
import { readEnv } from './env.ts';
import { PermanentError } from './errors.ts';
import { instrumented } from './invocation.ts';
import { faultsAsText } from './issues.ts';
import { once } from './once.ts';
import { asError, count, logger } from './telemetry.ts';

export interface QueueSpec<E extends z.ZodObject, M extends z.ZodType, S> {
  readonly env: E;
  /** One record's body, after JSON. */
  readonly message: M;
  readonly services: (env: z.output<E>) => S;
  readonly handle: (message: z.output<M>, services: S) => Promise<unknown>;
}

export interface RecordSpec<E extends z.ZodObject, S> extends Omit<QueueSpec<E, z.ZodType, S>, 'message' | 'handle'> {
  /** Gets the record as SQS hands it over, whatever its body is. */
  readonly handle: (record: SQSRecord, services: S) => Promise<unknown>;
}

export interface BatchSpec<E extends z.ZodObject, M extends z.ZodType, S> extends Omit<QueueSpec<E, M, S>, 'handle'> {
  /** Gets the messages of one batch. */
  readonly handle: (messages: readonly z.output<M>[], services: S) => Promise<unknown>;
}

/**
 * A queue's consumer. Records are independent: the failed ones alone are reported back (ReportBatchItemFailures) and
 * come again until the queue's redrive moves them to its dead letters.
 */
export function queueHandler<E extends z.ZodObject, M extends z.ZodType, S>(
  spec: QueueSpec<E, M, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return recordHandler({
    env: spec.env,
    services: spec.services,
    handle: async (record, ports) => spec.handle(bodyOf(spec.message, record), ports),
  });
}

/** The same for whoever must take every record, also those of no known shape. */
export function recordHandler<E extends z.ZodObject, S>(
  spec: RecordSpec<E, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, (records, ports) =>
    Promise.allSettled(records.map(async (record) => correlated(idOf(record), async () => spec.handle(record, ports)))),
  );
}

/** The same for whoever does a batch as one: all of it is done, or all comes again. A record of no known shape is apart. */
export function batchHandler<E extends z.ZodObject, M extends z.ZodType, S>(
  spec: BatchSpec<E, M, S>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return consumer(spec, async (records, ports) => {
    const read = await Promise.allSettled(records.map(async (record) => bodyOf(spec.message, record)));
    const messages = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const [whole] = await Promise.allSettled([messages.length === 0 ? undefined : spec.handle(messages, ports)]);
    return read.map((one) => (one.status === 'rejected' ? one : whole));
  });
}

function consumer<E extends z.ZodObject, S>(
  spec: Pick<RecordSpec<E, S>, 'env' | 'services'>,
  handleAll: (records: readonly SQSRecord[], services: S) => Promise<readonly PromiseSettledResult<unknown>[]>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const services = once(() => spec.services(readEnv(spec.env)));
  return instrumented(async (event: SQSEvent) => {
    const outcomes = await handleAll(event.Records, services());
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const [index, record] of event.Records.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status !== 'rejected') continue;
      batchItemFailures.push({ itemIdentifier: record.messageId });
      tellFailure(record, outcome.reason);
    }
    const failed = batchItemFailures.length;
    count('RecordsHandled', event.Records.length - failed);
    count('RecordsFailed', failed);
    // One line a batch, not a record: lines are what costs.
    const correlation_ids = [...new Set(event.Records.map(idOf))];
    logger().info('The batch is done', { records: event.Records.length, failed, correlation_ids });
    return { batchItemFailures };
  });
}

/** The sender's id, else the message's own: its redelivery keeps both. A state machine's messages have it in the body. */
function idOf({ messageAttributes, messageId, body }: SQSRecord): string {
  return wellFormedId(messageAttributes?.[correlationField]?.stringValue) ?? idInText(body) ?? messageId;
}

function tellFailure(record: SQSRecord, reason: unknown): void {
  correlated(idOf(record), () =>
    logger().error('A record failed and goes back to its queue', {
      error: asError(reason),
      messageId: record.messageId,
      receiveCount: record.attributes.ApproximateReceiveCount,
    }),
  );
}

function bodyOf<M extends z.ZodType>(schema: M, record: SQSRecord): z.output<M> {
  const parsed = schema.safeParse(parseJson(record.body));
  if (!parsed.success) throw new PermanentError(`The message: ${faultsAsText(parsed.error.issues)}`);
  return parsed.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PermanentError('The message is not JSON', { cause });
  }
}
