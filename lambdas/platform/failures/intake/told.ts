import { edgeOf } from '#kit/ledger/edge.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';

import type { Json } from './json.ts';

/** A record of a dead-letter queue, as far as the ledger reads it. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly SentTimestamp: string; readonly ApproximateReceiveCount: string };
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** The facts that a record of any kind has about itself. */
export interface Told {
  readonly letter: DeadLetter;
  readonly body: Json;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Workload and part by the name of the queue or state machine; the ARN itself where that isn't one of ours. */
export function placeOf(arn: string): Pick<NewFailure, 'workload' | 'sourceName'> {
  const { workload, name } = edgeOf(arn) ?? { workload: 'unknown', name: arn };
  return { workload, sourceName: name };
}
