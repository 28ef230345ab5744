import { edgeOf } from '#kit/ledger/edge.ts';
import { replayedBy } from '../lineage.ts';
import { jsonOf, textOf } from './json.ts';
import type { DeadLetter } from './told.ts';

/** EventBridge's news of an execution that ended well, and which failure it replayed. */
export interface Success {
  readonly replayed: number | undefined;
}

/** Reads such news; `undefined` for any other record, and for a message of a queue, whose body is its sender's. */
export function successFrom({ body, eventSourceARN }: DeadLetter): Success | undefined {
  if (edgeOf(eventSourceARN)?.source !== undefined) return undefined;
  const told = jsonOf(body);
  if (textOf(told?.source) !== 'aws.states' || textOf(told?.detail?.status) !== 'SUCCEEDED') return undefined;
  return { replayed: replayedBy(textOf(told?.detail?.name) ?? '') };
}
