import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { once } from '#kit/once.ts';
import type { Finding } from './finding.ts';

const client = once(() => new SQSClient({}));

/** The queue behind a URL answers, and how much is in it. */
export async function probeQueue(url: string, abortSignal: AbortSignal): Promise<Finding> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes = {} } = await client().send(command, { abortSignal });
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: underway } = Attributes;
  return { note: `${waiting ?? '?'} waiting, ${underway ?? '?'} being worked on` };
}
