import type { SQSRecord } from 'aws-lambda';

// Lambda's six megabytes for an event, less the braces around the records.
const largestPayloadBytes = 6 * 1024 * 1024 - 1024;

/**
 * A batch cut into events that Lambda takes: its pollers end a batch at six megabytes, however many messages may be in it.
 * A message that is too large alone stays alone, and is refused.
 */
export function payloadsOf(records: readonly SQSRecord[]): readonly SQSRecord[][] {
  const payloads: SQSRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (payloads.length === 0 || size > room) {
      payloads.push([]);
      room = largestPayloadBytes;
    }
    payloads.at(-1)?.push(record);
    room -= size;
  }
  return payloads;
}
