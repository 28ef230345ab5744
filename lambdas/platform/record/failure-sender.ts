import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ObjectStore } from '#adapters/object-store.ts';
import { originAttributes } from '#adapters/queue.ts';
import { messageBody } from '#adapters/queues/message-body.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { batches } from '#kit/messages/batches.ts';
import { once } from '#kit/once.ts';
import { inputKeyOf } from './input-key.ts';

/** Hands failures to the ledger's intake; resolves when they are durable in its queue. */
export type SendFailures = (failures: readonly NewFailure[]) => Promise<void>;

const client = once(() => new SQSClient({}));

// SQS takes a MiB a message; the rest is for the braces around.
const largestBytes = 1024 * 1024 - 1024;

/**
 * For functions without the database: the intake behind the URL (`FAILURES_QUEUE_URL`) keeps what it is sent. An input that
 * no message holds goes to the bucket first; without a bucket SQS refuses it.
 */
export function sendFailures(queueUrl: string, bucket?: Pick<ObjectStore, 'put'>): SendFailures {
  return async (failures) => {
    const sized = await Promise.all(failures.map((failure) => withinAMessage(failure, bucket)));
    for (const body of bodiesOf(sized))
      await client().send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes: originAttributes() }),
      );
  };
}

async function withinAMessage(failure: NewFailure, bucket: Pick<ObjectStore, 'put'> | undefined): Promise<NewFailure> {
  // Told as JSON a character takes six bytes at most.
  if (!bucket || failure.input.length * 6 < largestBytes) return failure;
  if (Buffer.byteLength(messageBody(failure)) < largestBytes) return failure;
  const inputKey = inputKeyOf(failure.naturalKey);
  await bucket.put(inputKey, failure.input, { contentType: 'text/plain; charset=utf-8' });
  return { ...failure, input: '', inputKey };
}

/** `{"failures":[...]}` as often as it takes to keep each below a message's size. */
function bodiesOf(failures: readonly NewFailure[]): string[] {
  // The comma between two is a byte.
  const bodies = batches(failures.map(messageBody), { size: largestBytes }, (text) => Buffer.byteLength(text) + 1);
  return Array.from(bodies, (texts) => `{"failures":[${texts.join(',')}]}`);
}
