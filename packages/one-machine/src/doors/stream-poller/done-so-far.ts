import { type PolledRecord, partitionId } from './event.ts';

/** How far one reader is in its partitions. */
export interface DoneSoFar {
  readonly add: (records: readonly PolledRecord[]) => void;
  /** Each record that it hasn't done, once. */
  readonly without: (records: readonly PolledRecord[]) => readonly PolledRecord[];
}

/**
 * Knows the records that a reader has done. When its group is shared out anew, the client reads from the committed offset
 * again, behind what it had fetched already, so that a batch may hold a record twice. A record that is younger than what was done at a higher offset stands in a
 * topic that was made anew: it has not been done.
 */
export function doneSoFar(): DoneSoFar {
  const last = new Map<string, PolledRecord['record']>();
  return {
    add: (records) => {
      for (const { record } of records) last.set(partitionId(record), record);
    },
    without: (records) => {
      const seen = new Set<string>();
      return records.filter(({ record }) => {
        const known = last.get(partitionId(record));
        if (known && record.offset <= known.offset && record.timestamp <= known.timestamp) return false;
        const place = `${partitionId(record)}:${record.offset}:${record.timestamp}`;
        return !seen.has(place) && seen.add(place);
      });
    },
  };
}
