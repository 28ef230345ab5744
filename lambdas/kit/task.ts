import * as z from 'zod';
import { NotFoundError, PermanentError } from './errors.ts';
import { faultsAsText } from './issues.ts';

/** Where a function runs: short ones in the queue's worker, long ones in turns of a state machine, the largest on Spark. */
export const taskHosts = ['worker', 'steps', 'spark'] as const;

export type TaskHost = (typeof taskHosts)[number];

/** Why a checkpoint doesn't return; passed on, never caught by a function: it ends the work where it is safe to. */
export class TaskStoppedError extends Error {
  override readonly name = 'TaskStoppedError';
  /** `turn-over`: it goes on from the checkpoint in a moment. */
  readonly reason: 'terminated' | 'time-limit' | 'lease-lost' | 'turn-over';

  constructor(reason: TaskStoppedError['reason']) {
    super(`The task was stopped: ${reason}`);
    this.reason = reason;
  }
}

/**
 * What the arguments ask for can't be done, and the caller must know: that task's failure, and of no concern to operators.
 * It is not tried again, and is in no ledger.
 */
export class ArgumentError extends PermanentError {
  override readonly name = 'ArgumentError';
}

/** The file that a caller named is not there, not ready or another's: the caller's mistake as well. */
export class UnknownFileError extends NotFoundError {}

/** An uploaded file, from `from` to its end. */
export interface OpenedFile {
  /** Of the whole file, in bytes. */
  readonly size: number;
  readonly name: string;
  readonly contentType: string;
  readonly stream: AsyncIterable<Uint8Array>;
}

export interface TaskFiles {
  /** By a `file()` argument (`file:{id}`). `from`: bytes to skip. Throws {@link UnknownFileError}. */
  open(file: string, range?: { readonly from?: number }): Promise<OpenedFile>;
}

export interface TaskLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** All that a function has of the world: there are no credentials beside it. */
export interface TaskContext {
  readonly taskId: string;
  /** Whose task it is: what a step of another workload gives to nobody else is asked for by this name. */
  readonly username: string;
  /** Aborts at termination, at the time limit and when another worker has taken the task over. */
  readonly signal: AbortSignal;
  /** How far it is; written now and then, the last one always. */
  progress(percent: number, text?: string): void;
  /**
   * Keeps a state (JSON) to go on from; throws {@link TaskStoppedError} when the task is to end, or this turn. A long
   * function calls it at least every minute.
   */
  checkpoint(state: unknown): Promise<void>;
  /** The state of the newest checkpoint; `undefined` at the beginning. */
  readonly resumeFrom: unknown;
  readonly files: TaskFiles;
  readonly log: TaskLog;
  /** One query (`$1` for parameters) in a transaction that can't write. */
  read(statement: string, parameters?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Asks a step of another workload (by the name of its handler) that the stack lets tasks ask; only for functions on
   * `steps`. The function is run anew from its newest checkpoint when the answer is there, so calls come in one order.
   */
  call(capability: string, input: unknown): Promise<unknown>;
}

/** What a function declares. Arguments are positional in the order of the input's keys, or by name. */
export interface TaskSpec<I extends z.ZodObject, O extends z.ZodType> {
  /** `tasks.general.example:word_count`. */
  readonly name: `${string}:${string}`;
  /** One line for lists. */
  readonly summary: string;
  /** What the schemas don't tell a caller. */
  readonly doc?: string;
  readonly creator: string;
  /** Unpublished ones are in no list, and callers can't submit them. */
  readonly published: boolean;
  /** The day (UTC) since which callers know it: `2026-11-21`. */
  readonly publishedOn?: string;
  readonly input: I;
  readonly output: O;
  readonly runsOn: TaskHost;
  /** Of one attempt. At most 840 (14 minutes) in the worker. */
  readonly timeoutSeconds: number;
  /** Attempts after the first. Errors that no repetition mends (PermanentError) have none. */
  readonly retries: number;
  /** Gets a checked input, and gives what `output` lets through. */
  readonly run: (input: z.output<I>, context: TaskContext) => Promise<z.input<O>>;
}

/** A registered function. */
export interface TaskFunction extends Omit<TaskSpec<z.ZodObject, z.ZodType>, 'run' | 'doc'> {
  readonly doc: string;
  /** Throws PermanentError for an input that isn't the schema's, or an output of its own that isn't. */
  readonly run: (input: unknown, context: TaskContext) => Promise<unknown>;
}

/** Makes a function: one file, and one line in the registry (docs/how-to/add-a-task.md). */
export function defineTask<I extends z.ZodObject, O extends z.ZodType>(spec: TaskSpec<I, O>): TaskFunction {
  return {
    ...spec,
    doc: spec.doc ?? '',
    run: async (given, context) => {
      const input = spec.input.safeParse(given);
      if (!input.success) throw new PermanentError(`The input: ${faultsAsText(input.error.issues)}`);
      const output = spec.output.safeParse(await spec.run(input.data, context));
      if (!output.success) throw new PermanentError(`The result: ${faultsAsText(output.error.issues)}`);
      return output.data;
    },
  };
}

const fileArgument = /^file:[\w-]{1,64}$/;

/** The type of an argument that is an uploaded file: `file:{id}`. */
export function file() {
  return z
    .string()
    .regex(fileArgument, 'should be an uploaded file, such as file:{id}.')
    .meta({ format: 'file', description: 'An uploaded file: file:{id}, by the id that POST /api/v1/files answered.' });
}
