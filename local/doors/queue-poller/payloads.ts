import type { SQSRecord } from 'aws-lambda';

// Lambda's six megabytes for an event, less the braces around the records.
const largestPayloadBytes = 6 * 1024 * 1024 - 1024;

/**
 * A batch cut into events that Lambda takes: its pollers end a batch at six megabytes, however many messages may be in it.
 * One that is too large alone stays alone, and is refused.
 */
export function payloadsOf(records: readonly SQSRecord[]): readonly SQSRecord[][] {
  const payloads: SQSRecord[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes + size > largestPayloadBytes) {
      payloads.push([]);
      bytes = 0;
    }
    payloads.at(-1)?.push(record);
    bytes += size;
  }
  return payloads;
}
