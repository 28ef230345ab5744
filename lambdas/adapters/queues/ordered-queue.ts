import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correlationField, correlationId } from '#kit/correlation.ts';
import { TransientError } from '#kit/errors.ts';
import { batches } from '#kit/messages/batches.ts';
import { once } from '#kit/once.ts';
import { messageBody } from './message-body.ts';

/** A message of a FIFO queue. */
export interface OrderedMessage {
  readonly message: unknown;
  /** Messages of one group are worked off one batch after the other. */
  readonly group: string;
  /** The same within five minutes is the same message. */
  readonly id: string;
}

const client = once(() => new SQSClient({}));

// SQS takes ten messages and 1 MiB together.
const largestBatch = { items: 10, size: 1024 * 1024 - 64 * 1024 };
const requestsAtOnce = 8;

/**
 * Puts messages into a FIFO queue; resolves when SQS has them all durably, throws when it hasn't. More than a request takes
 * go in side by side: of two requests, either may be first in the queue.
 */
export function orderedQueue(QueueUrl: string): (messages: readonly OrderedMessage[]) => Promise<void> {
  return async (messages) => {
    const requests = [...batches(messages, largestBatch, ({ message }) => Buffer.byteLength(messageBody(message)))];
    for (let first = 0; first < requests.length; first += requestsAtOnce)
      await Promise.all(requests.slice(first, first + requestsAtOnce).map((batch) => send(QueueUrl, batch)));
  };
}

async function send(QueueUrl: string, batch: readonly OrderedMessage[]): Promise<void> {
  const from = correlationId();
  const MessageAttributes =
    from === undefined ? undefined : { [correlationField]: { DataType: 'String', StringValue: from } };
  const { Failed = [] } = await client().send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: batch.map(({ message, group, id }, index) => ({
        Id: String(index),
        MessageBody: messageBody(message),
        MessageGroupId: group,
        MessageDeduplicationId: id,
        MessageAttributes,
      })),
    }),
  );
  if (Failed.length > 0) throw new TransientError(`The queue took no message: ${Failed[0]?.Message}`);
}
