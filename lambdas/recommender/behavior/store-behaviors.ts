import { PermanentError } from '#kit/errors.ts';
import type { StreamRecord } from '#kit/stream/event.ts';
import type { StreamMessage } from '#kit/stream-handler.ts';
import { count } from '#kit/telemetry.ts';
import type { ChangedDay } from '../files/files-queue.ts';
import type { BehaviorEvent } from './event.ts';
import { type BehaviorRow, dayOf, rowsOf, timeliness } from './rows.ts';

/** What became of rows: in = stored + late + repeated + of erased users. */
export interface StoredBehavior {
  readonly stored: number;
  readonly late: number;
  readonly repeated: number;
  readonly erased: number;
}

export interface StoreBehaviorsPorts {
  readonly store: (rows: {
    readonly timely: readonly BehaviorRow[];
    readonly late: readonly BehaviorRow[];
  }) => Promise<StoredBehavior>;
  /** Notes for the schedules that there is something new. */
  readonly mark: (rows: readonly BehaviorRow[], now: Date) => Promise<void>;
  /** Has the files of tenants' days written. */
  readonly writeFiles: (days: readonly ChangedDay[]) => Promise<void>;
  readonly clock: () => Date;
}

/**
 * Behaviour of a partition's part of an event, into its days. Markers and files are asked for by what came, not by what
 * was new: a batch that comes again because its function died in between must not leave them out.
 */
export async function storeBehaviors(
  messages: readonly StreamMessage<BehaviorEvent>[],
  { store, mark, writeFiles, clock }: StoreBehaviorsPorts,
): Promise<{ readonly record: StreamRecord; readonly error: PermanentError }[]> {
  const now = clock();
  const timely: BehaviorRow[] = [];
  const late: BehaviorRow[] = [];
  const rejected: { readonly record: StreamRecord; readonly error: PermanentError }[] = [];
  for (const { message, record } of messages) {
    try {
      (timeliness(message, now) === 'late' ? late : timely).push(...rowsOf(message, now));
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      rejected.push({ record, error });
    }
  }
  if (timely.length + late.length === 0) return rejected;
  const counts = await store({ timely, late });
  count('BehaviorStored', counts.stored);
  count('BehaviorLate', counts.late);
  count('BehaviorRepeated', counts.repeated);
  count('BehaviorOfErasedUsers', counts.erased);
  if (counts.stored + counts.late + counts.repeated + counts.erased !== timely.length + late.length)
    count('ConservationBroken');
  if (timely.length > 0) await mark(timely, now);
  const lateDays = late.map(({ tenant_id }) => ({ kind: 'late' as const, tenant_id, day: dayOf(now) }));
  await writeFiles([...timely, ...lateDays]);
  return rejected;
}
