import {
  type MessageAttributeValue,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { correlationField, correlationId } from '#kit/correlation.ts';
import { TransientError } from '#kit/errors.ts';
import { batches } from '#kit/messages/batches.ts';
import { once } from '#kit/once.ts';
import { messageBody } from './queues/message-body.ts';

/** Puts one message into a queue; resolves when SQS has it durably. */
export type SendMessage = (message: unknown) => Promise<void>;

const client = once(() => new SQSClient({}));

export interface SendOptions {
  /** How long a message waits before a consumer sees it; at most 900. @default what the queue says */
  readonly delaySeconds?: number;
}

/** The queue behind a URL; messages go as JSON, with the id of the work they come from. */
export function queue(url: string, { delaySeconds: DelaySeconds }: SendOptions = {}): SendMessage {
  return async (message) => {
    const MessageAttributes = originAttributes();
    await client().send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: messageBody(message), MessageAttributes, DelaySeconds }),
    );
  };
}

/** A message that no consumer sees for a while. */
export interface DelayedMessage {
  readonly message: unknown;
  /** 900 at most. */
  readonly delaySeconds: number;
}

// SQS takes ten messages and 1 MiB together.
const largestBatch = { items: 10, size: 1024 * 1024 };
const requestsAtOnce = 8;

type Entry = Pick<SendMessageBatchRequestEntry, 'MessageAttributes' | 'DelaySeconds'> & {
  readonly Id: string;
  readonly MessageBody: string;
};

/** Puts many messages into a queue; resolves to the indexes of those that SQS has durably, in no order. */
export function sendEach(queueUrl: string): (messages: readonly DelayedMessage[]) => Promise<number[]> {
  return async (messages) => {
    const entries = messages.map(({ message, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: messageBody(message),
      DelaySeconds: delaySeconds,
    }));
    const requests = [...batches(entries, largestBatch, ({ MessageBody }) => Buffer.byteLength(MessageBody))];
    const taken: number[] = [];
    for (let first = 0; first < requests.length; first += requestsAtOnce) {
      const sending = requests.slice(first, first + requestsAtOnce).map((Entries) => sendBatch(queueUrl, Entries));
      const outcomes = await Promise.allSettled(sending);
      taken.push(...outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])));
      // A queue that is away stays away for the rest: the caller hears which were taken.
      if (outcomes.every(({ status }) => status === 'rejected')) break;
    }
    return taken;
  };
}

async function sendBatch(QueueUrl: string, Entries: Entry[]): Promise<number[]> {
  const { Successful = [] } = await client().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  return Successful.map(({ Id }) => Number(Id));
}

/** Sends entries whose ids are their places; resolves to the errors of those that SQS did not take, by place. */
export async function sendEntries(QueueUrl: string, entries: readonly Entry[]): Promise<ReadonlyMap<number, unknown>> {
  const failed = new Map<number, unknown>();
  const send = async (Entries: Entry[]): Promise<void> => {
    try {
      const { Failed = [] } = await client().send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      for (const { Id, Message } of Failed)
        failed.set(Number(Id), new TransientError(`The queue took no message: ${Message}`));
    } catch (error) {
      for (const { Id } of Entries) failed.set(Number(Id), error);
    }
  };
  const requests = batches(entries, largestBatch, ({ MessageBody }) => Buffer.byteLength(MessageBody));
  await Promise.all([...requests].map(send));
  return failed;
}

/** The attribute by which a message belongs to the work that sends it. */
export function originAttributes(): Record<string, MessageAttributeValue> | undefined {
  const id = correlationId();
  return id === undefined ? undefined : { [correlationField]: { DataType: 'String', StringValue: id } };
}
