import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { once } from '#kit/once.ts';

/** Puts one message into a queue; resolves when SQS has it durably. */
export type SendMessage = (message: unknown) => Promise<void>;

const client = once(() => new SQSClient({}));

/** The queue behind a URL; messages go as JSON. */
export function queue(url: string): SendMessage {
  return async (message) => {
    await client().send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message) }));
  };
}
