import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SQSClient({}));

/** The queue of that name answers, and how much is in it. */
export async function probeQueue(name: string, abortSignal: AbortSignal): Promise<Finding> {
  const { QueueUrl } = await client().send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal });
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes = {} } = await client().send(command, { abortSignal });
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: underway } = Attributes;
  return { note: `${waiting ?? '?'} waiting, ${underway ?? '?'} being worked on` };
}
