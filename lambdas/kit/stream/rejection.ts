import type { EdgeName } from '../ledger/edge.ts';
import type { NewFailure } from '../ledger/failure.ts';
import { asError } from '../telemetry.ts';
import { objectInJson } from '../text/json.ts';
import type { RawRecord, StreamEvent } from './event.ts';

/** Puts records that can never be done into the failure ledger; resolves when they are durable on their way there. */
export type Reject = (failures: readonly NewFailure[]) => Promise<unknown>;

/** A record that can't be worked off, and why. */
export interface Rejected {
  readonly record: RawRecord;
  readonly error: unknown;
}

export interface Origin {
  /** `platform/send-mail`. */
  readonly edge: EdgeName;
  /** ARN of the function, where a replay goes back in. */
  readonly door: string;
  readonly event: StreamEvent;
  readonly requestId: string;
  readonly now: Date;
}

/**
 * A rejected record as a failure. Its input is the event it came in, alone in it: the raw bytes stand there as base64,
 * and a replay hands just that to the function again. The time is part of the key as offsets start anew with a topic.
 */
export function failureOf({ record, error }: Rejected, { edge, door, event, requestId, now }: Origin): NewFailure {
  const [workload = edge, sourceName = edge] = edge.split('/');
  const { topic, partition, offset, timestamp } = record;
  const { name, message, stack } = asError(error);
  const again = event.replay ? `:replayed:${requestId}` : '';
  const { eventSource, eventSourceArn, bootstrapServers, replayOf } = event;
  const alone = {
    eventSource,
    eventSourceArn,
    bootstrapServers,
    replay: true,
    records: { [`${topic}-${partition}`]: [record] },
  };
  return {
    naturalKey: `stream:${edge}:${topic}:${partition}:${offset}:${timestamp}${again}`,
    workload,
    sourceKind: 'stream',
    sourceName,
    door,
    reason: name,
    message: `${topic}, partition ${partition}, offset ${offset}: ${message}`,
    stack,
    input: JSON.stringify(alone),
    attributes: {},
    occurredAt: now,
    ...(replayOf === undefined ? {} : { replayOf }),
  };
}

/** A rejected record's input on its way back in: nothing beside the event would tell which failure it replays. */
export function withReplayOf(input: string, failureId: number): string {
  if (!input.includes('"replay":true')) return input;
  // A person may have edited it into something else.
  const event = objectInJson(input);
  return event && 'records' in event ? JSON.stringify({ ...event, replayOf: failureId }) : input;
}
