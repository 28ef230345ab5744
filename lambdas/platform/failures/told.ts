import type { NewFailure } from '#kit/failure.ts';
import type { Edges } from '../contract.ts';
import type { Json } from './json.ts';

/** A record of a dead-letter queue, as far as the ledger reads it. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly SentTimestamp: string; readonly ApproximateReceiveCount: string };
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

/** What a record tells about itself, whatever kind it is. */
export interface Told {
  readonly letter: DeadLetter;
  readonly body: Json;
  readonly edges: Edges;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `platform/send-mail` -> workload platform, source send-mail. */
export function placeOf(edges: Edges, arn: string): Pick<NewFailure, 'workload' | 'sourceName'> {
  const [workload = 'unknown', sourceName = arn] = edges[arn]?.edge.split('/') ?? [];
  return { workload, sourceName };
}
