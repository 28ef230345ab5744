import type { TaskHost } from '#kit/task.ts';

/** A task's life: PENDING -> STARTED -> (RETRY -> STARTED)* -> one of the last three, which stay. */
export const statuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

export type Status = (typeof statuses)[number];

/** Who reads a task's arguments and what comes of it: its owner and admins, or every user. */
export const visibilities = ['owner', 'everyone'] as const;

export type Visibility = (typeof visibilities)[number];

/** A task before it has its row. */
export interface NewTask {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly host: TaskHost;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Both of them by name, as the function gets them. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly retries: number;
  readonly callbackUrl?: string | undefined;
  /** `undefined`: that of the task it does again, else its owner's alone. */
  readonly visibility?: Visibility | undefined;
  readonly retryOf?: string | undefined;
  /** The failure of the ledger whose replay it is. */
  readonly replayOf?: number | undefined;
}

/** A try to call back; `null` is no error. */
export interface Delivery {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly error: string | null;
}

/** The row of a task as its owner sees it. */
export interface TaskRow {
  /** The number existing clients know it by. */
  readonly id: number;
  readonly task_id: string;
  readonly username: string;
  readonly name: string;
  readonly status: Status;
  /** `null` in lists when they are long. */
  readonly args: readonly unknown[] | null;
  readonly kwargs: Readonly<Record<string, unknown>> | null;
  readonly desc: string;
  readonly visibility: Visibility;
  readonly runs_on: TaskHost;
  readonly attempts: number;
  readonly retries: number;
  readonly retry_of: string | null;
  readonly first_task_id: string | null;
  readonly callback_url: string | null;
  readonly deliveries: readonly Delivery[];
  readonly terminate_at: Date | null;
  /** What its function said of itself last; null: nothing yet. */
  readonly progress_percent: number | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

/** What came of it. */
export interface TaskOutcome {
  readonly task_id: string;
  readonly username: string;
  readonly visibility: Visibility;
  readonly name: string;
  readonly status: Status;
  readonly result: unknown;
  readonly result_key: string | null;
  readonly result_bytes: number | null;
  readonly error: string | null;
  readonly traceback: string | null;
  readonly progress_percent: number | null;
  readonly progress_text: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly worked_ms: number;
}

/** A task that its worker holds a lease of. */
export interface LeasedTask {
  readonly id: string;
  readonly lease: string;
  readonly name: string;
  readonly host: TaskHost;
  readonly username: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly retries: number;
  readonly losses: number;
  readonly attemptAt: Date;
  readonly checkpoint: unknown;
  /** Of the steps it asked, since the checkpoint, in the order it asked. */
  readonly answers: readonly Answer[];
  readonly retryOf: string | null;
  readonly replayOf: number | null;
  /** It was told to end: it doesn't begin again after its worker was lost. */
  readonly terminate: boolean;
}

/** What a step of another workload answered, or why it didn't. */
export type Answer = { readonly ok: unknown } | { readonly error: string };

/** How an attempt ended. */
export type Ending =
  | { readonly status: 'SUCCESS'; readonly result: string; readonly resultKey?: string; readonly resultBytes: number }
  | { readonly status: 'RETRY'; readonly error: Error; readonly delaySeconds: number }
  | { readonly status: 'FAILURE'; readonly error: Error }
  | { readonly status: 'REVOKED'; readonly error: Error };

/** An ending of one task, by the holder of its lease. */
export interface Ended {
  readonly task: LeasedTask;
  readonly ending: Ending;
  readonly workedMs: number;
}

/** A task that ended and whose caller wants to hear of it, or that goes on later: what must be sent now. */
export interface AfterEnd {
  readonly id: string;
  readonly status: Status;
  readonly callbackUrl: string | null;
}

// us-east-1, Linux on arm64: USD per GB-second, and per request of Lambda and SQS (three SQS requests a batch).
const gbSecondUsd = 0.0000133334;
const requestsUsd = 0.0000002 + 3 * 0.0000004;

/** What a task costs at most, in USD: as if it had its worker to itself. */
export function costUsd(workedMs: number, memoryMb: number): number {
  const usd = (workedMs / 1000) * (memoryMb / 1024) * gbSecondUsd + requestsUsd;
  return Number(usd.toPrecision(3));
}
