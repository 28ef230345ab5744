import type { FileRow } from '../files/columns.ts';
import type { ChangedDay, ChangedTenant } from '../files/files-queue.ts';

type Rows = AsyncIterable<readonly FileRow[]>;

/** What is kept by days: behaviour by when it happened, what came too late by when it came. */
export type KeptByDay = 'answers' | 'behaviors' | 'late';
/** What of it stands in files as well. */
export type InFiles = Exclude<KeptByDay, 'answers'>;

export interface CleanupPorts {
  readonly book: {
    /** Resolves to how many lists had expired. */
    forgetRecommendations(now: Date): Promise<number>;
    /** Vectors and neighbours of items that there are no more. */
    forgetOrphans(): Promise<{ readonly vectors: number; readonly neighbors: number }>;
    /**
     * Takes out what scenarios keep no longer. A day whose figures are not computed waits; `tenants` are those whose files
     * were not looked through for it.
     */
    forgetPast(now: Date): Promise<{
      readonly days: number;
      readonly rows: number;
      readonly uncounted: number;
      readonly tenants: readonly string[];
    }>;
    /** Oldest first. */
    days(kept: KeptByDay, before: string): Promise<readonly string[]>;
    dropDay(kept: KeptByDay, day: string): Promise<void>;
    tenantsOf(kept: InFiles, day: string): Promise<readonly string[]>;
    /** In the order of files. */
    rowsOf(kept: InFiles, tenant: string, day: string): Promise<Rows | undefined>;
  };
  readonly files: {
    /** `undefined` where there is no file. */
    rowsOf(kept: InFiles, tenant: string, day: string): Promise<Rows | undefined>;
  };
  /** Removes the files of models that ceased to be online before then, but for the one before of each scenario. */
  readonly forgetModels: (before: Date) => Promise<number>;
  /** Removes for good what was handed to runs of Spark, or came from them, before then; resolves to how many files. */
  readonly forgetSparkFiles: (before: Date) => Promise<number>;
  /** Has files written; resolves when that can't get lost. */
  readonly askForFiles: (changed: readonly (ChangedDay | ChangedTenant)[]) => Promise<void>;
}
