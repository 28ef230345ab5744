import type { BehaviorFileRow } from '../files/columns.ts';
import type { ChangedDay } from '../files/files-queue.ts';

type Rows = AsyncIterable<readonly BehaviorFileRow[]>;

/** What is kept by days. */
export type KeptByDay = 'answers' | 'behaviors';

export interface CleanupPorts {
  readonly book: {
    /** Resolves to how many lists had expired. */
    forgetRecommendations(now: Date): Promise<number>;
    /** Vectors and neighbours of items that there are no more. */
    forgetOrphans(): Promise<{ readonly vectors: number; readonly neighbors: number }>;
    /** Oldest first. */
    days(kept: KeptByDay, before: string): Promise<readonly string[]>;
    dropDay(kept: KeptByDay, day: string): Promise<void>;
    tenantsOf(day: string): Promise<readonly string[]>;
    /** In the order of files. */
    rowsOf(tenant: string, day: string): Promise<Rows | undefined>;
  };
  readonly files: {
    /** `undefined` where there is no file. */
    rowsOf(tenant: string, day: string): Promise<Rows | undefined>;
  };
  /** Has files written; resolves when that can't get lost. */
  readonly askForFiles: (days: readonly ChangedDay[]) => Promise<void>;
}
