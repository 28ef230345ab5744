import type { Severity } from '#kit/ledger/severity.ts';

/** Failures of one source for one reason. */
export interface FailureGroup {
  readonly workload: string;
  readonly source_name: string;
  readonly reason: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
  /** The first three. */
  readonly examples: readonly { readonly id: number; readonly message: string }[];
}

/** Alerts of one name and severity. */
export interface AlertGroup {
  readonly severity: Severity;
  readonly name: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
  /** The first twenty: no other place lists them. */
  readonly examples: readonly string[];
}

/** Everything that one mail tells, taken off the list of untold items. */
export interface Claimed {
  readonly workload: string;
  /** Failures in all, also in groups that aren't listed. */
  readonly failures: number;
  readonly failureGroups: readonly FailureGroup[];
  readonly alertGroups: readonly AlertGroup[];
}

/** What waits to be told, as far as it decides whether it is told now. */
export interface Waiting {
  readonly failures: readonly (WaitingGroup & { readonly edge: string })[];
  readonly alerts: readonly (WaitingGroup & { readonly severity: Severity })[];
}

/** Failures of one reason, or alerts of one name. */
interface WaitingGroup {
  readonly waiting: number;
  /** How many of its kind were told of the last day. */
  readonly told: number;
}
