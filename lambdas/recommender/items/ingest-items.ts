import type { PermanentError } from '#kit/errors.ts';
import type { StoredCounts } from '#kit/stream/consume.ts';
import type { StreamRecord } from '#kit/stream/event.ts';
import type { StreamMessage } from '#kit/stream-handler.ts';
import { count } from '#kit/telemetry.ts';
import { type ItemMessage, itemsIn, type SentItem } from './item-message.ts';

/** What is told of a message whose items are stored. */
export interface ItemResult {
  readonly tenant_id: string;
  readonly scenario_id: string;
  readonly count: number;
  readonly process_result: {
    readonly processed: number;
    readonly source: 'kafka';
    readonly tasks: {
      readonly received: number;
      readonly stored: number;
      readonly rejected: number;
      readonly vectors: 'queued';
    };
    readonly timestamp: string;
  };
  readonly timestamp: string;
}

export interface IngestPorts {
  readonly store: (
    items: readonly {
      readonly tenant_id: string;
      readonly scenario_id: string;
      readonly item: SentItem;
      readonly at: Date;
      readonly offset: number;
    }[],
  ) => Promise<StoredCounts>;
  /** Has vectors and neighbours made of what waits for them. */
  readonly wake: (scenarios: readonly { readonly tenant_id: string; readonly scenario_id: string }[]) => Promise<void>;
  readonly tell: (results: readonly ItemResult[]) => Promise<void>;
  readonly clock: () => Date;
}

/** Items of a partition's part of an event: stored, told of, and their vectors asked for. Resolves to what is wrong with some. */
export async function ingestItems(
  messages: readonly StreamMessage<ItemMessage>[],
  { store, wake, tell, clock }: IngestPorts,
): Promise<{ readonly record: StreamRecord; readonly error: PermanentError }[]> {
  const read = messages.map(({ message, record }) => ({ message, record, ...itemsIn(message) }));
  const arrived = read.flatMap(({ message: { tenant_id, scenario_id }, record, good }) =>
    good.map((item) => ({ tenant_id, scenario_id, item, at: record.at ?? clock(), offset: record.offset })),
  );
  if (arrived.length > 0) {
    const counts = await store(arrived);
    count('ItemsInserted', counts.inserted);
    count('ItemsUpdated', counts.updated);
    count('ItemsUnchanged', counts.unchanged + counts.repeated);
    await wake(arrived);
    const now = clock().toISOString();
    await tell(read.filter(({ good }) => good.length > 0).map((one) => resultOf(one.message, one.good.length, now)));
  }
  return read.flatMap(({ record, error }) => (error ? [{ record, error }] : []));
}

function resultOf({ tenant_id, scenario_id, items }: ItemMessage, stored: number, timestamp: string): ItemResult {
  return {
    tenant_id,
    scenario_id,
    count: stored,
    process_result: {
      processed: stored,
      source: 'kafka',
      tasks: { received: items.length, stored, rejected: items.length - stored, vectors: 'queued' },
      timestamp,
    },
    timestamp,
  };
}
