import { PermanentError } from '#kit/errors.ts';
import { type TaskFunction, TaskStoppedError } from '#kit/task.ts';
import type { FunctionRun } from '../processes/ports.ts';
import type { Sign } from '../stores/lease-store.ts';
import type { Ended, Ending, LeasedTask } from '../task.ts';
import { type Asked, CallNeeded } from './call-needed.ts';
import { contextOf, type Progress } from './context.ts';
import { persistently } from './persistently.ts';
import type { WorkerPorts } from './ports.ts';

/** Why an attempt ended without an ending of its task: another has the lease, or the task goes on in another turn. */
export type Paused =
  | { readonly paused: 'lease-lost' | 'turn-over'; readonly task: LeasedTask; readonly workedMs: number }
  | (Asked & { readonly paused: 'asked'; readonly task: LeasedTask; readonly workedMs: number });

/** A function at work. */
export interface Attempt {
  readonly task: LeasedTask;
  readonly ended: Promise<Ended | Paused>;
  sign(): Sign;
  /** Tells it to stop; the time limit and a lost lease don't wait for it. */
  stop(reason: TaskStoppedError['reason']): void;
}

/** The limit of time: a function that goes on all the same changes nothing any more. */
class TimeLimitError extends PermanentError {
  override readonly name = 'TimeLimitError';
}

/** Workers died of it, or beside it, more often than chance has it. */
export class WorkerLostError extends PermanentError {
  override readonly name = 'WorkerLostError';
}

// With each worker that dies a task begins anew; one that kills its workers must not do so for ever.
const mostLosses = 5;

// A result above this lies in the bucket: rows and answers stay small.
const largestResultBytes = 256 * 1024;

/** How long an attempt may go on before its next checkpoint ends the turn; `shareMs`: where others wait for one. */
export interface Turn {
  readonly turnMs: number;
  readonly shareMs: number;
}

const noTurns: Turn = { turnMs: Number.POSITIVE_INFINITY, shareMs: Number.POSITIVE_INFINITY };

/** Begins an attempt. */
export function begin(task: LeasedTask, ports: WorkerPorts, { turnMs, shareMs } = noTurns): Attempt {
  const fn = ports.functions.get(task.name);
  const { stop, signal, halted, reason } = stopping();
  const progress: Progress = { percent: undefined, text: undefined };
  const began = performance.now();
  const sign = (): Sign => ({ id: task.id, lease: task.lease, ...progress });
  let run: FunctionRun | undefined;
  const work = async (): Promise<string> => {
    if (task.terminate) throw new TaskStoppedError('terminated');
    if (!fn) throw new PermanentError(`There is no function ${task.name} any more.`);
    if (task.losses > mostLosses)
      throw new WorkerLostError(`The worker of ${task.name} was lost ${task.losses} times while it ran.`);
    const parts = { task, ports, progress, sign, stop, turnEnds: began + turnMs, shareEnds: began + shareMs, signal };
    run = ports.processes.run(() => ({ ...workOf(task), context: contextOf(parts), signal }));
    return run.result;
  };
  const limit = setTimeout(() => stop('time-limit'), remainingMs(task, fn, ports));
  const ended = Promise.race([work(), halted])
    .then(
      async (result): Promise<Ended | Paused> => ({
        task,
        workedMs: since(began),
        ending: await success(task, result, ports),
      }),
    )
    .catch((error: unknown) => failed({ task, fn, error, stopped: reason(), workedMs: since(began) }))
    .finally(() => {
      clearTimeout(limit);
      // A function that was stopped mustn't go on beside the next invocation.
      return run?.end();
    });
  return { task, ended, sign, stop };
}

type Reason = TaskStoppedError['reason'];

/** How an attempt is stopped: its function is asked to end, and only whom a person told to end is waited for. */
function stopping() {
  const controller = new AbortController();
  let stopped: Reason | undefined;
  let halt: (error: TaskStoppedError) => void = () => undefined;
  const halted = new Promise<never>((_resolve, reject) => {
    halt = reject;
  });
  return {
    signal: controller.signal,
    halted,
    reason: () => stopped,
    stop(reason: Reason) {
      if (reason !== 'terminated') halt(new TaskStoppedError(reason));
      // Of two reasons the one that doesn't wait is the stronger.
      if (stopped === undefined || reason !== 'terminated') stopped = reason;
      controller.abort(new TaskStoppedError(reason));
    },
  };
}

/** What its process is told. */
function workOf({ id, username, name, input, checkpoint }: LeasedTask) {
  const resumeFrom = checkpoint === null ? undefined : JSON.stringify(checkpoint);
  return { name, taskId: id, username, input: JSON.stringify(input), resumeFrom };
}

function remainingMs(task: LeasedTask, fn: TaskFunction | undefined, { clock }: WorkerPorts): number {
  const until = task.attemptAt.getTime() + (fn?.timeoutSeconds ?? 0) * 1000;
  // A timer takes no more than 2^31 ms.
  return Math.max(0, Math.min(until - clock().getTime(), 2 ** 31 - 1));
}

async function success(task: LeasedTask, text: string, { results }: WorkerPorts): Promise<Ending> {
  const resultBytes = Buffer.byteLength(text);
  if (resultBytes <= largestResultBytes) return { status: 'SUCCESS', result: text, resultBytes };
  // Under the lease's own name: a worker that was thought dead overwrites no other's.
  const resultKey = `tasks/results/${task.id}/${task.lease}.json`;
  await persistently(() => results.put(resultKey, text));
  return { status: 'SUCCESS', result: text, resultKey, resultBytes };
}

interface Failed {
  readonly task: LeasedTask;
  readonly fn: TaskFunction | undefined;
  readonly error: unknown;
  readonly stopped: TaskStoppedError['reason'] | undefined;
  readonly workedMs: number;
}

function failed({ task, fn, error: thrown, stopped, workedMs }: Failed): Ended | Paused {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const reason = error instanceof TaskStoppedError ? error.reason : stopped;
  if (error instanceof CallNeeded) return { paused: 'asked', task, workedMs, ...error.asked };
  if (reason === 'lease-lost' || reason === 'turn-over') return { paused: reason, task, workedMs };
  const end = (ending: Ending): Ended => ({ task, ending, workedMs });
  if (reason === 'terminated') return end({ status: 'REVOKED', error: new TaskStoppedError('terminated') });
  if (reason === 'time-limit') {
    const limit = new TimeLimitError(`The task was not done after ${fn?.timeoutSeconds} seconds.`);
    return end({ status: 'FAILURE', error: limit });
  }
  if (error instanceof PermanentError || task.attempts > task.retries) return end({ status: 'FAILURE', error });
  return end({ status: 'RETRY', error, delaySeconds: backoffSeconds(task.attempts) });
}

// SQS delays a message by a quarter of an hour at most.
const longestDelaySeconds = 900;

/** 2, 4, 8 ... seconds, and up to half as much again so that those that failed together don't come together. */
function backoffSeconds(attempts: number): number {
  return Math.min(longestDelaySeconds, Math.round(2 ** Math.min(attempts, 10) * (1 + Math.random() / 2)));
}

function since(began: number): number {
  return Math.round(performance.now() - began);
}
