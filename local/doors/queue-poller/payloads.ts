import type { SQSRecord } from 'aws-lambda';
import { batches } from '../../../lambdas/kit/messages/batches.ts';

// Lambda's six megabytes for an event, less the braces around the records.
const largestPayloadBytes = 6 * 1024 * 1024 - 1024;

/**
 * A batch cut into events that Lambda takes: its pollers end a batch at six megabytes, however many messages may be in it.
 * One that is too large alone stays alone, and is refused.
 */
export function payloadsOf(records: readonly SQSRecord[]): readonly SQSRecord[][] {
  const sizeOf = (record: SQSRecord) => Buffer.byteLength(JSON.stringify(record)) + 1;
  return [...batches(records, { size: largestPayloadBytes }, sizeOf)];
}
