import type { EdgeName } from '#kit/ledger/edge.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { partitionsOf, type RawRecord, type StreamEvent } from '#kit/stream/event.ts';
import { failureOf } from '#kit/stream/rejection.ts';
import { type Json, jsonOf, textOf } from './json.ts';
import { type DeadLetter, placeOf } from './told.ts';

/**
 * The key of the object where Lambda has put records of a topic that it gave up on, as S3's event tells of it; `undefined`
 * for any other record. Source: Lambda Developer Guide, "Capturing discarded batches for an Amazon MSK event source".
 */
export function givenUpObject({ body }: Pick<DeadLetter, 'body'>): string | undefined {
  const told = jsonOf(body);
  const key = textOf(told?.detail?.object?.key);
  return textOf(told?.source) === 'aws.s3' && key?.startsWith('aws/lambda/') ? key : undefined;
}

/**
 * Each record of such an object as a failure of its own, with the key it would have if its function had rejected it: one
 * that stands in the ledger already is not in there twice. `undefined` for an object of another form.
 */
export function givenUpRecords(text: string, letter: DeadLetter): readonly NewFailure[] | undefined {
  const batch = jsonOf(text);
  const context = batch?.requestContext;
  const functionArn = textOf(context?.functionArn);
  const requestId = textOf(context?.requestId);
  const event = eventIn(batch?.payload);
  if (!event || functionArn === undefined || requestId === undefined) return undefined;
  const { workload, sourceName } = placeOf(letter.eventSourceARN);
  const edge: EdgeName = `${workload}/${sourceName}`;
  const origin = {
    edge,
    door: functionArn.replace(/:\$LATEST$/, ''),
    event,
    requestId,
    now: new Date(textOf(batch?.timestamp) ?? Number(letter.attributes.SentTimestamp)),
  };
  const reason = textOf(context?.condition) ?? 'GivenUp';
  const attempts = Number(context?.approximateInvokeCount);
  const error = new Error(`Lambda gave it up; the log of ${edge} says why.`);
  return partitionsOf(event).flatMap(({ records }) =>
    records.map((record) => ({
      ...failureOf({ record, error }, origin),
      reason,
      stack: undefined,
      ...(Number.isInteger(attempts) ? { attempts } : {}),
    })),
  );
}

/** The event as the function got it: a text in the object. */
function eventIn(payload: unknown): StreamEvent | undefined {
  const event = typeof payload === 'string' ? jsonOf(payload) : (payload as Json);
  const records: unknown = event?.records;
  if (typeof records !== 'object' || records === null) return undefined;
  return Object.values(records).flat().every(isRecord) ? (event as unknown as StreamEvent) : undefined;
}

function isRecord(value: unknown): value is RawRecord {
  const { topic, partition, offset, timestamp } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof topic === 'string' && [partition, offset, timestamp].every((number) => typeof number === 'number');
}
