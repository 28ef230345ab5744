import type { Clock } from '#kit/clock.ts';
import type { TaskContext, TaskFiles, TaskFunction, TaskHost, TaskLog } from '#kit/task.ts';
import type { FunctionRuns } from '../processes/ports.ts';
import type { LeaseStore } from '../stores/lease-store.ts';
import type { AfterEnd, Delivery, NewTask, TaskRow } from '../task.ts';

/** What runs functions works with. */
export interface WorkerPorts {
  readonly functions: ReadonlyMap<string, TaskFunction>;
  /** Where they run. */
  readonly processes: FunctionRuns;
  readonly leases: LeaseStore;
  /** Keeps with a task how its caller was called back. */
  readonly noteDelivery: (id: string, delivery: Delivery) => Promise<void>;
  readonly leaseSeconds: number;
  readonly clock: Clock;
  readonly results: { readonly put: (key: string, text: string) => Promise<void> };
  /** Those that a user's task may open. */
  readonly files: (username: string) => TaskFiles;
  readonly read: TaskContext['read'];
  readonly log: TaskLog;
  /** Adds one to a metric. */
  readonly count: (name: string) => void;
  readonly sends: TaskSends;
  /** ARN of the queue where a failure's replay goes back in. */
  readonly door: string;
  /** Failures were written: people are told. */
  readonly wakeAlerts: () => Promise<void>;
  readonly replays: {
    readonly find: (id: string) => Promise<TaskRow | undefined>;
    /** One row for a failure's replay, however often it comes. */
    readonly insert: (task: NewTask) => Promise<TaskRow>;
  };
}

/** A task on its way: its function's name says to which queue. */
export interface SentTask {
  readonly id: string;
  readonly name: string;
  readonly host: TaskHost;
}

/** Where tasks are sent on. */
export interface TaskSends {
  /** To whatever runs it. */
  readonly task: (task: SentTask, delaySeconds?: number) => Promise<void>;
  /** To whatever stops its execution, and what that waits for. */
  readonly stop: (task: { readonly id: string }) => Promise<void>;
  /** To those whose caller wants to hear of an end; others are left out. */
  readonly callbacks: (ended: readonly AfterEnd[]) => Promise<void>;
  /** Wakes the sweep, which looks in half a minute whether anything is stuck. */
  readonly sweep: () => Promise<void>;
}
