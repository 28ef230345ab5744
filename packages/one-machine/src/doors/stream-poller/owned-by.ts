import type { Consumer } from '@platformatic/kafka';
import { type PolledRecord, partitionId } from './event.ts';

/** The records of partitions that are a consumer's now; others were, before its group was shared out anew. */
export function ownedBy(
  assignments: Consumer['assignments'],
  records: readonly PolledRecord[],
): readonly PolledRecord[] {
  const owned = new Set(
    (assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => partitionId({ topic, partition })),
    ),
  );
  return records.filter(({ record }) => owned.has(partitionId(record)));
}
