import type { Ending, Execution, HistoryEvent, TaskInvoker, Transition } from '../execution.ts';
import type { Clock } from './clock.ts';

/** A strand's row; JSON already as text, so that later steps of the same frame don't change it. */
export interface FrameRow {
  readonly path: string;
  readonly state: string;
  readonly enteredAt: Date;
  readonly wakeAt: Date | undefined;
  readonly enteredEvent: number;
  readonly enteredAfter: number;
  readonly lastEvent: number;
  readonly finished: boolean;
  readonly input: string;
  readonly variables: string;
  readonly retries: string;
  readonly fanOut: string | undefined;
  readonly output: string | undefined;
}

/** What becomes durable together. */
export interface Change {
  readonly events: readonly HistoryEvent[];
  readonly transitions: readonly Transition[];
  readonly frames: readonly FrameRow[];
  /** Strands to forget: all whose path starts with one of these. */
  readonly removed: readonly string[];
  readonly end: Ending | undefined;
}

/** Where an execution is written down, in the order of the calls. */
export interface Journal {
  /** Resolves when this change and all before it are durable. */
  commit(change: Change): Promise<void>;
  /** Durable soon, and before any later change; a failure shows in the next commit. */
  append(change: Change): void;
}

/** One execution at work in this process. */
export interface Run {
  readonly execution: Execution;
  readonly journal: Journal;
  readonly invoke: TaskInvoker;
  readonly now: Clock;
  /** Id of the newest history event. */
  lastEvent: number;
}
