import { type PolledRecord, partitionId } from './event.ts';

/** How far one reader is in its partitions. */
export interface DoneSoFar {
  readonly add: (records: readonly PolledRecord[]) => void;
  readonly without: (records: readonly PolledRecord[]) => readonly PolledRecord[];
}

/**
 * Knows the records that a reader has done. When its group is shared out anew, the client reads from the committed offset
 * again, behind what it had fetched already. A record that is younger than what was done at a higher offset stands in a
 * topic that was made anew: it has not been done.
 */
export function doneSoFar(): DoneSoFar {
  const last = new Map<string, PolledRecord['record']>();
  return {
    add: (records) => {
      for (const { record } of records) last.set(partitionId(record), record);
    },
    without: (records) =>
      records.filter(({ record }) => {
        const known = last.get(partitionId(record));
        return !known || record.offset > known.offset || record.timestamp > known.timestamp;
      }),
  };
}
