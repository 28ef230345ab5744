import type { Refusal } from './message-rules.ts';

const ofMessages = `All SenderId SentTimestamp ApproximateReceiveCount ApproximateFirstReceiveTimestamp SequenceNumber
  MessageDeduplicationId MessageGroupId AWSTraceHeader DeadLetterQueueSourceArn`.split(/\s+/);
const ofQueues = `All Policy VisibilityTimeout MaximumMessageSize MessageRetentionPeriod ApproximateNumberOfMessages
  ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesDelayed CreatedTimestamp LastModifiedTimestamp QueueArn
  DelaySeconds ReceiveMessageWaitTimeSeconds RedrivePolicy RedriveAllowPolicy FifoQueue ContentBasedDeduplication
  DeduplicationScope FifoThroughputLimit KmsMasterKeyId KmsDataKeyReusePeriodSeconds SqsManagedSseEnabled`.split(/\s+/);

/** The names that each operation may ask for. Source: Amazon SQS API Reference. */
const known: Readonly<Record<string, readonly string[]>> = { ReceiveMessage: ofMessages, GetQueueAttributes: ofQueues };

/** What SQS says of an attribute that there is none of; fauxqs leaves it out. */
export function unknownAttribute(operation: string, body: unknown): Refusal | undefined {
  const names = known[operation];
  if (names === undefined || typeof body !== 'object' || body === null) return undefined;
  const asked = Object.entries(body)
    .filter(([field]) => field === 'AttributeNames' || field === 'MessageSystemAttributeNames')
    .flatMap(([, list]) => (Array.isArray(list) ? list : []));
  const unknown = asked.find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : { code: 'InvalidAttributeName', message: `Unknown Attribute ${String(unknown)}.` };
}
