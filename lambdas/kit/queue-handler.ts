import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
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
  const services = once(() => spec.services(readEnv(spec.env)));
  return instrumented(async (event: SQSEvent) => {
    const ports = services();
    const outcomes = await Promise.allSettled(event.Records.map(async (record) => spec.handle(record, ports)));
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const [index, record] of event.Records.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status !== 'rejected') continue;
      batchItemFailures.push({ itemIdentifier: record.messageId });
      logger().error('A record failed and goes back to its queue', {
        error: asError(outcome.reason),
        messageId: record.messageId,
        receiveCount: record.attributes.ApproximateReceiveCount,
      });
    }
    count('RecordsHandled', event.Records.length - batchItemFailures.length);
    count('RecordsFailed', batchItemFailures.length);
    return { batchItemFailures };
  });
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
