import { edgeOf } from '#kit/ledger/edge.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { replayAttribute } from '../lineage.ts';
import { executionFailure } from './failed-execution.ts';
import { invocationFailure } from './failed-invocation.ts';
import { jsonOf, textOf } from './json.ts';
import { reportedFailures } from './reported.ts';
import { type DeadLetter, placeOf, type Told } from './told.ts';

/**
 * Any record that reaches the intake as failures. Nothing is refused: what has no known shape is a failure of a queue,
 * with its body as the input, for a record that can't be kept would be lost.
 */
export function failuresFrom(letter: DeadLetter): readonly NewFailure[] {
  const told = { letter, body: jsonOf(letter.body), attributes: textAttributes(letter) };
  // A message of a queue is never read as anything else: its body is its sender's.
  if (doorOf(letter) !== undefined) return [messageFailure(told)];
  const one = executionFailure(told) ?? invocationFailure(told) ?? undeliveredFailure(told);
  return one ? [one] : (reportedFailures(told.body) ?? [messageFailure(told)]);
}

// People look for mails, not for the queue they wait in.
const mails = 'platform/send-mail';

/** A message that its queue's consumer failed on until the redrive took it. SQS doesn't know why; the log does. */
function messageFailure({ letter, attributes }: Told): NewFailure {
  const place = placeOf(letter.eventSourceARN);
  return {
    ...place,
    naturalKey: `message:${letter.eventSourceARN}:${letter.messageId}`,
    sourceKind: `${place.workload}/${place.sourceName}` === mails ? 'mail' : 'queue',
    door: doorOf(letter),
    reason: 'RetriesExhausted',
    message: `Every try failed; the log of ${place.workload}/${place.sourceName} says why, under messageId ${letter.messageId}.`,
    stack: undefined,
    input: letter.body,
    attributes,
    occurredAt: sentAt(letter),
    attempts: undefined,
    replayOf: replayOf(attributes),
  };
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

/** The queue whose message this was; `undefined` for what is no queue's dead letter. */
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

function replayOf(attributes: Readonly<Record<string, string>>): number | undefined {
  const id = Number(textOf(attributes[replayAttribute]));
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
