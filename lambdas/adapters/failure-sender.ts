import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { once } from '#kit/once.ts';
import { originAttributes } from './queue.ts';

/** Hands failures to the ledger's intake; resolves when they are durable in its queue. */
export type SendFailures = (failures: readonly NewFailure[]) => Promise<void>;

const client = once(() => new SQSClient({}));

// SQS takes a MiB a message; the rest is for the braces around.
const largestBytes = 1024 * 1024 - 1024;

/** For functions without the database: the intake behind the URL (`FAILURES_QUEUE_URL`) keeps what it is sent. */
export function sendFailures(queueUrl: string): SendFailures {
  return async (failures) => {
    for (const body of bodiesOf(failures))
      await client().send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes: originAttributes() }),
      );
  };
}

/** `{"failures":[...]}` as often as it takes to keep each below a message's size. */
function bodiesOf(failures: readonly NewFailure[]): string[] {
  const bodies: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const failure of failures) {
    const text = JSON.stringify(failure);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > largestBytes) {
      bodies.push([]);
      bytes = 0;
    }
    bodies.at(-1)?.push(text);
    bytes += size;
  }
  return bodies.map((texts) => `{"failures":[${texts.join(',')}]}`);
}
