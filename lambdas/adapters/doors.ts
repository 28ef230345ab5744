import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PermanentError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';

/** Work for whatever stands behind an ARN. */
export interface Delivery {
  /** Of a queue or a state machine. */
  readonly door: string;
  /** As it is, byte for byte. */
  readonly input: string;
  /** A queue's message carries them as text attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** A state machine's execution is named so: the same name twice is one execution. */
  readonly name: string;
}

const sqs = once(() => new SQSClient({}));
const sfn = once(() => new SFNClient({}));

/** Puts work in at its door; resolves when it is durable there. Throws {@link PermanentError} for other kinds of doors. */
export async function deliver(delivery: Delivery): Promise<void> {
  const service = delivery.door.split(':')[2];
  if (service === 'sqs') return send(delivery);
  if (service === 'states') return start(delivery);
  throw new PermanentError(`Nothing can be put in at ${delivery.door}`);
}

async function send({ door, input, attributes }: Delivery): Promise<void> {
  const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: door.split(':').at(-1) }));
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, text]) => [name, { DataType: 'String', StringValue: text }]),
  );
  await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: input, MessageAttributes }));
}

async function start({ door, input, name }: Delivery): Promise<void> {
  try {
    await sfn().send(new StartExecutionCommand({ stateMachineArn: door, name, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
