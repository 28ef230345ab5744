import { edgeOf } from './edge.ts';
import type { NewFailure } from './failure.ts';

/** A replayed message carries the id of the failure it replays here; SQS keeps it on the way to the dead letters. */
export const replayAttribute = 'millrace-replay-of';

/** A queue's message, as far as the ledger reads it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** Where a message was when it failed. */
export interface MessagePlace {
  /** ARN of the queue, where a replay goes back in; `undefined` where what failed is in no queue of ours. */
  readonly door: string | undefined;
  /** ARN of its dead letters. It stands in the key: a message that is told of twice is one failure. */
  readonly deadLetters: string;
}

// People look for mails, not for the queue they wait in.
const mails = 'platform/send-mail';

/** A message that could not be worked off, told by its consumer or found among the dead letters. */
export function messageFailure(
  { messageId, body, messageAttributes }: QueueMessage,
  { door, deadLetters }: MessagePlace,
  why: Pick<NewFailure, 'reason' | 'message' | 'stack' | 'occurredAt' | 'attempts'>,
): NewFailure {
  const { workload, name } = edgeOf(deadLetters) ?? { workload: 'unknown', name: deadLetters };
  const attributes = Object.fromEntries(
    Object.entries(messageAttributes).flatMap(([key, { stringValue }]) =>
      stringValue === undefined ? [] : [[key, stringValue]],
    ),
  );
  return {
    ...why,
    naturalKey: `message:${deadLetters}:${messageId}`,
    workload,
    sourceKind: `${workload}/${name}` === mails ? 'mail' : 'queue',
    sourceName: name,
    door,
    input: body,
    attributes,
    replayOf: replayedFailure(attributes),
  };
}

/** The failure that a message or an object with these attributes replays. */
export function replayedFailure(attributes: Readonly<Record<string, string>> | undefined): number | undefined {
  const replayed = Number(attributes?.[replayAttribute] || Number.NaN);
  return Number.isSafeInteger(replayed) && replayed > 0 ? replayed : undefined;
}
