/** What became of one visit of a state. `caught`: it failed, and the run went another way. */
export const stepStates = ['running', 'waiting', 'retrying', 'succeeded', 'caught', 'failed', 'stopped'] as const;

export type StepState = (typeof stepStates)[number];

/** One attempt at a state's work. */
export interface Attempt {
  readonly started_at: Date;
  ended_at: Date | null;
  error: string | null;
  cause: string | null;
}

/** One visit of a state, as the run's page shows it. */
export interface Step {
  /** Of the event that it began with; unique within its execution. */
  readonly id: number;
  readonly name: string;
  /** Of the States Language: `Task`, `Map`, ... */
  readonly type: string;
  /** The Map or Parallel that it is a part of. */
  readonly within: number | null;
  /** Which item of that Map. */
  readonly item: number | null;
  /** What that item is: a county, a page, a keyword. */
  label: string | null;
  state: StepState;
  readonly started_at: Date;
  ended_at: Date | null;
  readonly attempts: Attempt[];
  /** JSON text. */
  readonly input: string | null;
  output: string | null;
  /** When it goes on by itself. */
  next_at: Date | null;
  /** Why it isn't done, in the words of what failed or of what it waits for. */
  waits_for: string | null;
}

/** An entry of an execution's history. */
export interface HistoryEntry {
  readonly id: number;
  readonly previous: number;
  readonly at: Date;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A state of a definition, as far as is read here. */
export interface StateShape {
  readonly Type?: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Seconds?: unknown;
  readonly Timestamp?: unknown;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next?: string; readonly ErrorEquals?: readonly string[] }[];
  readonly Retry?: readonly RetryShape[];
  readonly ItemProcessor?: StatesShape;
  readonly Branches?: readonly StatesShape[];
}

export interface RetryShape {
  readonly ErrorEquals?: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface StatesShape {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, StateShape>>;
}
