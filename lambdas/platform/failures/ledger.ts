import type { Page, Paging } from '#kit/api/paging.ts';
import type { SourceKind } from '#kit/ledger/failure.ts';

/** What becomes of a failure: nothing yet, sent again, put right, given up by a person. */
export const failureStates = ['open', 'replayed', 'resolved', 'discarded'] as const;

export type FailureState = (typeof failureStates)[number];

/** One row of platform.failures, as lists show it. */
export interface FailureSummary {
  readonly id: number;
  readonly workload: string;
  readonly source_kind: SourceKind;
  readonly source_name: string;
  readonly reason: string;
  readonly message: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly attempts: number | null;
  readonly state: FailureState;
  readonly replay_of: number | null;
  readonly changed_by: string | null;
  readonly changed_at: Date | null;
  /** The note of the person who resolved it. */
  readonly note: string | null;
}

/** One row with all that is known. */
export interface FailureRow extends FailureSummary {
  readonly natural_key: string;
  readonly door: string | null;
  readonly stack: string | null;
  /** As it was received; `null` when it lies in the bucket under `input_key`. */
  readonly input: string | null;
  readonly input_key: string | null;
  /** ARN of the execution that keeps an input too large for its event. */
  readonly input_execution: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** The replay of many that took it, and when its message was sent. */
  readonly replay_id: number | null;
  readonly sent_at: Date | null;
}

/** Which failures: all fields that are given must hold. */
export interface FailureFilter {
  readonly workload?: string | undefined;
  /** What came in there: queue, function, schedule, mail, ... */
  readonly kind?: SourceKind | undefined;
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
  readonly state?: FailureState | undefined;
  /** First moment of the failure, and the first moment after. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How many failures of one source have one reason. */
export interface FailureGroup {
  readonly workload: string;
  readonly source_name: string;
  readonly reason: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

export interface FailurePage extends Page<FailureSummary> {
  readonly groups: readonly FailureGroup[];
}

/** The ledger as people use it. Throws UnavailableError while the database is away. */
export interface Ledger {
  /** The newest failure first, and the largest group. */
  list(filter: FailureFilter & Paging): Promise<FailurePage>;
  find(id: number): Promise<FailureRow | undefined>;
  /** The failures that led to this one and those that came of it, the first of them first. */
  lineage(id: number): Promise<readonly FailureSummary[]>;
  /** Gives one up; `undefined` when there is none, else the state it has now. */
  discard(id: number, who: string): Promise<FailureState | undefined>;
  /**
   * Marks an open one as replayed once `send` has taken it; two at once send one. Resolves to the state it had:
   * `undefined` when there is none.
   */
  replay(id: number, who: string, send: (failure: FailureRow) => Promise<void>): Promise<FailureState | undefined>;
  /** Gives up the oldest open ones that match, at most `limit`; resolves to how many those were. */
  discardAll(filter: FailureFilter, limit: number, who: string): Promise<number>;
  /** Marks an open or replayed one as put right; `undefined` when there is none, else the state it has now. */
  resolve(id: number, who: string, note: string | undefined): Promise<FailureState | undefined>;
  /** The same with the oldest that match, at most `limit`; resolves to how many those were. */
  resolveAll(
    filter: FailureFilter,
    limit: number,
    by: { readonly who: string; readonly note: string | undefined },
  ): Promise<number>;
}
