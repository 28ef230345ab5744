import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { correlationField, correlationId } from '#kit/correlation.ts';
import { once } from '#kit/once.ts';

/** Puts one message into a queue; resolves when SQS has it durably. */
export type SendMessage = (message: unknown) => Promise<void>;

const client = once(() => new SQSClient({}));

export interface SendOptions {
  /** How long a message waits before anybody sees it; at most 900. @default what the queue says */
  readonly delaySeconds?: number;
}

/** The queue behind a URL; messages go as JSON, with the id of the work they come from. */
export function queue(url: string, { delaySeconds: DelaySeconds }: SendOptions = {}): SendMessage {
  return async (message) => {
    const id = correlationId();
    const MessageAttributes =
      id === undefined ? undefined : { [correlationField]: { DataType: 'String', StringValue: id } };
    await client().send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(message), MessageAttributes, DelaySeconds }),
    );
  };
}
