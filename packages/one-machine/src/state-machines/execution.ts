import type { Definition } from './language/definition.ts';

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A state machine of the template; the definition as JSON, tokens resolved. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly definition: object;
  /** @default a role name of this machine's account; only shown, never assumed */
  readonly roleArn?: string;
}

/** What stays the same from start to end; the definition is the one the execution was started with. */
export interface Execution {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly machine: { readonly arn: string; readonly name: string; readonly roleArn: string };
  readonly definition: Definition;
  readonly input: unknown;
  readonly startedAt: Date;
}

/** How an execution ended. */
export interface Ending {
  readonly status: Exclude<Status, 'RUNNING'>;
  readonly at: Date;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** An execution as DescribeExecution tells it; dates instead of epoch seconds, JSON instead of JSON text. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly name: string;
  readonly status: Status;
  readonly startDate: Date;
  readonly input: unknown;
  readonly stopDate?: Date;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** One entry of the history; `details` are the members of AWS's `…EventDetails` for the type. */
export interface HistoryEvent {
  readonly id: number;
  readonly at: Date;
  readonly type: string;
  readonly previous: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** Progress as it becomes durable. `path` is the chain of Map indexes and Parallel branches; empty at the top. */
export interface Transition {
  readonly executionArn: string;
  readonly executionName: string;
  /** The state machine's name. */
  readonly machine: string;
  readonly kind: 'entered' | 'waits' | 'exited' | 'failed' | 'retried' | 'ended';
  readonly at: Date;
  readonly path: readonly number[];
  /** The state's name and type; absent for `ended`. */
  readonly state?: string;
  readonly type?: string;
  /** The item of the innermost Map. */
  readonly item?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** When a retry starts (`retried`) or a Wait ends (`waits`). */
  readonly until?: Date;
  /** Only for `ended`. */
  readonly status?: Ending['status'];
}

/**
 * Does the work of a Task state; rejects with a TaskError to fail it. The signal aborts on a timeout, a stop, a failed
 * sibling or a close: the answer is then no longer awaited.
 */
export type TaskInvoker = (task: {
  readonly resource: string;
  readonly arguments: unknown;
  readonly stateName: string;
  readonly executionArn: string;
  readonly signal: AbortSignal;
}) => Promise<unknown>;
