import type { FailureFilter, FailureGroup, FailureRow } from '../ledger.ts';

/** One row of platform.replays: many failures sent again, in portions. */
export interface ReplayRow {
  readonly id: number;
  readonly filter: FailureFilter;
  /** Failures a second. */
  readonly rate: number;
  /** How many were chosen when it began. */
  readonly chosen: number;
  readonly state: 'running' | 'done' | 'stopped';
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly changed_at: Date | null;
}

/** A replay and how far it is. */
export interface ReplayProgress extends ReplayRow {
  /** Chosen and not yet sent. */
  readonly waiting: number;
  readonly sent: number;
  /** Sent and known to be put right. */
  readonly resolved: number;
  /** New failures that came of it. */
  readonly failed_again: number;
}

/** The messages that a replay would send. */
export interface ReplayEstimate {
  readonly chosen: number;
  readonly groups: readonly Pick<FailureGroup, 'workload' | 'source_name' | 'reason' | 'count'>[];
  /** Open ones that match and came in at no door: they can't be replayed. */
  readonly without_door: number;
}

/** Failures that were taken and are to be sent now. */
export interface Portion {
  readonly state: 'more' | 'ended';
  readonly rate: number;
  readonly failures: readonly FailureRow[];
}

/** Replays of many. Throws UnavailableError while the database is away. */
export interface Replays {
  estimate(filter: FailureFilter, limit: number): Promise<ReplayEstimate>;
  /** Chooses the oldest open failures with a door; calls `start` before it claims them, and begins nothing if that throws. */
  begin(
    wanted: { readonly filter: FailureFilter; readonly limit: number; readonly rate: number; readonly who: string },
    start: (replay: Pick<ReplayRow, 'id' | 'chosen'>) => Promise<void>,
  ): Promise<ReplayRow>;
  find(id: number): Promise<ReplayProgress | undefined>;
  list(length: number): Promise<readonly ReplayRow[]>;
  /** Gives back what isn't sent, as open; `undefined` when there is none, else the state it has now. */
  stop(id: number): Promise<ReplayRow['state'] | undefined>;
  /** Takes the next failures, first those that an earlier try took and did not send. Throws TransientError for an unknown replay. */
  takePortion(id: number, sizeAt: (rate: number, chosen: number) => number): Promise<Portion>;
  /** Marks failures as sent to SQS, also those that were given back while they were on their way. */
  sent(id: number, failureIds: readonly number[]): Promise<void>;
}
