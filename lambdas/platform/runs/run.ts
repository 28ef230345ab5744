import type { Page, Paging } from '#kit/api/paging.ts';
import type { SlotState } from '../slots/slot.ts';

export const runStates = ['running', 'succeeded', 'partial', 'failed', 'stopped'] as const;

export type RunState = (typeof runStates)[number];

type RowCounts = Readonly<Record<'in' | 'out' | 'failed' | 'filtered' | 'waiting', number | null>>;

/** One row of platform.runs, or a task, as people see it. */
export interface RunRow {
  /** null: a task, which has its row elsewhere and is found by its name. */
  readonly id: number | null;
  readonly workload: string;
  readonly name: string;
  readonly kind: string;
  readonly execution: string;
  /** The schedule's slot that it was started for; null when it was started otherwise. */
  readonly slot: Date | null;
  readonly state: RunState;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  /** Name of the run that it is a part of. */
  readonly parent: string | null;
  /** null when it is unknown. */
  readonly counts: RowCounts;
  /** in - out - failed - filtered - waiting: whatever is not 0 got lost, or was counted twice. null: it still counts. */
  readonly lost: number | null;
  /** The summed counts of its parts, and the losses of those that ended; null when it has no parts. */
  readonly parts: {
    readonly runs: number;
    readonly running: number;
    readonly counts: RowCounts;
    readonly lost: number | null;
  } | null;
  /** What it waits for now, and until when; null while it doesn't wait. */
  readonly waits_for: string | null;
  readonly waits_until: Date | null;
  readonly cost_usd: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One row of platform.slots. */
export interface SlotRow {
  readonly schedule: string;
  readonly scheduled_at: Date;
  readonly state: SlotState;
  readonly workload: string | null;
  readonly run: string | null;
  readonly run_state: RunState | null;
  readonly who: string;
  readonly started_at: Date | null;
  readonly missed_at: Date | null;
  readonly asked_at: Date | null;
  readonly asks: number;
}

/** `not-started`: asked for a quarter of an hour ago, and nobody has told of it. `started`: told, and it is no run. */
export type ItemState = 'waiting' | 'asked' | 'not-started' | 'started' | RunState;

export interface BackfillItemRow {
  readonly ordinal: number;
  readonly name: string;
  readonly state: ItemState;
  readonly asked_at: Date | null;
}

export interface BackfillRow {
  readonly id: number;
  readonly workload: string;
  readonly subject: string;
  readonly first: string;
  readonly last: string;
  readonly who: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** All fields that are given must hold; `from` and `to` are about the start, or the slot's time. */
export interface RunFilter extends Paging {
  readonly workload?: string | undefined;
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  readonly parent?: string | undefined;
  readonly state?: RunState | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly lost?: boolean | undefined;
}

export interface SlotFilter extends Paging {
  readonly schedule?: string | undefined;
  readonly state?: SlotState | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Which run: by its row, or by its name within its workload. */
export type RunKey = { readonly id: number } | { readonly workload: string; readonly name: string };

/** The book of runs as people read it; the newest first. Throws UnavailableError while the database is away. */
export interface RunReader {
  runs(filter: RunFilter): Promise<Page<RunRow>>;
  run(key: RunKey): Promise<RunRow | undefined>;
  slots(filter: SlotFilter): Promise<Page<SlotRow>>;
  backfills(paging: Paging): Promise<Page<BackfillRow>>;
  backfill(id: number): Promise<(BackfillRow & { readonly items: readonly BackfillItemRow[] }) | undefined>;
}
