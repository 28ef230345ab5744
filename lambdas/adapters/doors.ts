import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PermanentError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

/** Work for whatever stands behind a door. */
export interface Delivery {
  /** ARN of a queue, state machine or function, or `s3://bucket/key`. */
  readonly door: string;
  /** As it is, byte for byte. */
  readonly input: string;
  /** A queue's message carries them as text attributes, an object as its metadata. */
  readonly attributes: Readonly<Record<string, string>>;
  /** A state machine's execution is named so: the same name twice is one execution. */
  readonly name: string;
}

/** What the other side calls it: the request id of an asynchronous invocation. */
export interface Receipt {
  readonly requestId?: string | undefined;
}

interface Door {
  readonly takes: RegExp;
  /** What the service takes at most, with attributes where it counts them. */
  readonly largestBytes: number;
  readonly put: (delivery: Delivery) => Promise<Receipt>;
}

const sqs = once(() => new SQSClient({}));
const sfn = once(() => new SFNClient({}));
const lambda = once(() => new LambdaClient({}));
const s3 = once(() => new S3Client({}));

const kibi = 1024;

// Quotas of the services' own documentation.
const doors: readonly Door[] = [
  { takes: /^arn:aws:sqs:/, largestBytes: kibi * kibi, put: send },
  { takes: /^arn:aws:states:/, largestBytes: 256 * kibi, put: start },
  { takes: /^arn:aws:lambda:/, largestBytes: kibi * kibi, put: invoke },
  { takes: /^s3:\/\/[^/]+\/./, largestBytes: 64 * kibi * kibi, put },
];

/**
 * Puts work in at its door; resolves when it is durable there. Throws {@link PermanentError} for other kinds of doors, and
 * for what the door can't take.
 */
export async function deliver(delivery: Delivery): Promise<Receipt> {
  const door = doors.find(({ takes }) => takes.test(delivery.door));
  if (!door) throw new PermanentError(`Nothing can be put in at ${delivery.door}`);
  const bytes = [delivery.input, ...Object.entries(delivery.attributes).flat()].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  );
  if (bytes > door.largestBytes)
    throw new PermanentError(`The input has ${bytes} bytes; ${delivery.door} takes ${door.largestBytes} at most`);
  return door.put(delivery);
}

async function send({ door, input, attributes, name }: Delivery): Promise<Receipt> {
  const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: door.split(':').at(-1) }));
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([key, text]) => [key, { DataType: 'String', StringValue: text }]),
  );
  // A queue that keeps an order: the group it was in isn't known any more, its turn is over.
  const order = door.endsWith('.fifo') ? { MessageGroupId: name, MessageDeduplicationId: name } : {};
  await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: input, MessageAttributes, ...order }));
  return {};
}

async function start({ door, input, name }: Delivery): Promise<Receipt> {
  try {
    await sfn().send(new StartExecutionCommand({ stateMachineArn: door, name, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  return {};
}

async function invoke({ door, input }: Delivery): Promise<Receipt> {
  const command = new InvokeCommand({ FunctionName: door, InvocationType: 'Event', Payload: Buffer.from(input) });
  return { requestId: (await lambda().send(command)).$metadata.requestId };
}

async function put({ door, input, attributes }: Delivery): Promise<Receipt> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(door) ?? [];
  // Metadata are headers: ASCII.
  const Metadata = Object.fromEntries(Object.entries(attributes).map(([key, text]) => [key, encodeURI(text)]));
  await s3().send(new PutObjectCommand({ Bucket, Key, Body: input, Metadata }));
  return {};
}
