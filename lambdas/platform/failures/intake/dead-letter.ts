import { edgeOf } from '#kit/ledger/edge.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { messageFailure } from '#kit/ledger/message-failure.ts';
import { endedOnPurpose, executionFailure } from './failed-execution.ts';
import { invocationFailure } from './failed-invocation.ts';
import { jsonOf } from './json.ts';
import { reportedFailures } from './reported.ts';
import { type DeadLetter, placeOf, type Told } from './told.ts';

/**
 * Any record that reaches the intake as failures. Nothing is refused: what has no known shape is a failure of a queue,
 * with its body as the input, for a record that can't be kept would be lost.
 */
export function failuresFrom(letter: DeadLetter): readonly NewFailure[] {
  const told = { letter, body: jsonOf(letter.body), attributes: textAttributes(letter) };
  // A message of a queue is never read as anything else: its body is its sender's.
  if (doorOf(letter) !== undefined) return [deadMessage(told)];
  if (endedOnPurpose(told)) return [];
  const one = executionFailure(told) ?? invocationFailure(told) ?? undeliveredFailure(told);
  return one ? [one] : (reportedFailures(told.body) ?? [deadMessage(told)]);
}

/**
 * A message that its queue's redrive took: its consumer tells of what it fails on, so this one was never answered for. SQS
 * doesn't know why; the log does.
 */
function deadMessage({ letter }: Told): NewFailure {
  const { workload, sourceName } = placeOf(letter.eventSourceARN);
  return messageFailure(
    letter,
    { door: doorOf(letter), deadLetters: letter.eventSourceARN },
    {
      reason: 'RetriesExhausted',
      message: `Every try failed; the log of ${workload}/${sourceName} says why, under messageId ${letter.messageId}.`,
      occurredAt: sentAt(letter),
    },
  );
}

/** What EventBridge or its Scheduler couldn't hand to its target: the event, and why in the attributes. */
function undeliveredFailure({ letter, attributes }: Told): NewFailure | undefined {
  const { ERROR_CODE, ERROR_MESSAGE, SCHEDULE_ARN, RULE_ARN, TARGET_ARN, RETRY_ATTEMPTS } = attributes;
  if (SCHEDULE_ARN === undefined && RULE_ARN === undefined) return undefined;
  return {
    ...placeOf(letter.eventSourceARN),
    naturalKey: `undelivered:${letter.eventSourceARN}:${letter.messageId}`,
    sourceKind: SCHEDULE_ARN === undefined ? 'rule' : 'schedule',
    door: TARGET_ARN,
    reason: ERROR_CODE ?? 'NotDelivered',
    message: ERROR_MESSAGE ?? 'The target did not take the event.',
    stack: undefined,
    input: letter.body,
    attributes: {},
    occurredAt: sentAt(letter),
    attempts: RETRY_ATTEMPTS === undefined ? undefined : Number(RETRY_ATTEMPTS) + 1,
    replayOf: undefined,
  };
}

/** The queue the message came from; `undefined` for a record that is not a queue's dead letter. */
function doorOf({ eventSourceARN }: DeadLetter): string | undefined {
  const source = edgeOf(eventSourceARN)?.source;
  return source && [...eventSourceARN.split(':').slice(0, -1), source].join(':');
}

function textAttributes({ messageAttributes }: DeadLetter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, stringValue]],
    ),
  );
}

function sentAt({ attributes }: DeadLetter): Date {
  return new Date(Number(attributes.SentTimestamp));
}
