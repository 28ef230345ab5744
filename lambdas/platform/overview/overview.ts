import type { FailureState } from '../failures/ledger.ts';
import type { RunState } from '../runs/run.ts';
import type { SlotState } from '../slots/slot.ts';

/** The intervals that lists of counts go by. */
export const countSteps = ['hour', 'day'] as const;

export type CountStep = (typeof countSteps)[number];

/** A span of time, cut into hours or days of UTC. */
export interface CountSpan {
  readonly step: CountStep;
  readonly from: Date;
  /** The first moment after. */
  readonly to: Date;
}

type Counted = Readonly<Record<'in' | 'out' | 'failed' | 'filtered' | 'waiting' | 'lost', number>>;

/** Runs that are parts of no other and began in one interval; unknown counts are none. */
export interface RunCountsRow extends Counted {
  readonly workload: string;
  readonly at: Date;
  readonly runs: number;
  readonly states: Readonly<Partial<Record<RunState, number>>>;
}

/** What came to a workload by streams in one interval, and what became of it. */
export interface StreamCountsRow extends Pick<Counted, 'in' | 'out' | 'failed' | 'filtered'> {
  readonly workload: string;
  readonly at: Date;
}

/** Failures of one reason that happened in one interval. */
export interface FailureCountsRow {
  readonly workload: string;
  readonly reason: string;
  readonly at: Date;
  readonly count: number;
}

export interface RunCountsFilter {
  readonly workload?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
}

export interface FailureCountsFilter {
  readonly workload?: string | undefined;
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
  readonly state?: FailureState | undefined;
}

/** A run as a strip of runs has it. */
export interface StripRun {
  readonly id: number | null;
  readonly workload: string;
  readonly name: string;
  readonly kind: string;
  readonly state: RunState;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly lost: number | null;
}

/** A slot as a strip of slots has it. */
export interface StripSlot {
  readonly workload: string;
  readonly schedule: string;
  readonly scheduled_at: Date;
  readonly state: SlotState;
  readonly run: string | null;
}

/** Failures that wait for a person. */
export interface OpenReason {
  readonly workload: string;
  readonly source_name: string;
  readonly reason: string;
  readonly count: number;
  readonly last_at: Date;
}

/** The estimated cost of a workload's runs this month; null when no run has an estimate. */
export interface MonthCost {
  readonly workload: string;
  readonly running: number;
  readonly cost_usd: number | null;
}

/** The sources of the overview. Throws UnavailableError while the database is away. */
export interface OverviewReader {
  /** Only intervals in which something began. */
  runCounts(span: CountSpan, filter: RunCountsFilter): Promise<readonly RunCountsRow[]>;
  /** @param workload of all of them where it is missing */
  streamCounts(span: CountSpan, workload?: string): Promise<readonly StreamCountsRow[]>;
  failureCounts(span: CountSpan, filter: FailureCountsFilter): Promise<readonly FailureCountsRow[]>;
  /** The newest runs of each workload, `each` at most; the newest first. */
  newestRuns(workloads: readonly string[], each: number): Promise<readonly StripRun[]>;
  newestSlots(workloads: readonly string[], each: number): Promise<readonly StripSlot[]>;
  openReasons(): Promise<readonly OpenReason[]>;
  /** Since the beginning of the month. */
  costs(since: Date): Promise<readonly MonthCost[]>;
}

const stepMs = { hour: 3_600_000, day: 86_400_000 } as const satisfies Record<CountStep, number>;

/** The span of so many intervals that ends with the one under way. */
export function lastSteps(step: CountStep, steps: number, now: Date): CountSpan {
  const ms = stepMs[step];
  const to = new Date((Math.floor(now.getTime() / ms) + 1) * ms);
  return { step, from: new Date(to.getTime() - steps * ms), to };
}

/** How many intervals a span touches. */
export function stepCount(span: CountSpan): number {
  return Math.max(0, Math.ceil((span.to.getTime() - firstOf(span)) / stepMs[span.step]));
}

/** The moments at which the intervals of a span begin, whole hours or days of UTC. */
export function stepsOf(span: CountSpan): readonly Date[] {
  const first = firstOf(span);
  return Array.from({ length: stepCount(span) }, (_, index) => new Date(first + index * stepMs[span.step]));
}

function firstOf({ step, from }: CountSpan): number {
  return Math.floor(from.getTime() / stepMs[step]) * stepMs[step];
}
