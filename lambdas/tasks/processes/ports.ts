import type { TaskContext } from '#kit/task.ts';

/** One run of a function, as its worker asks for it. */
export interface FunctionWork {
  readonly name: string;
  readonly taskId: string;
  readonly username: string;
  /** As JSON. */
  readonly input: string;
  /** The newest checkpoint as JSON; `undefined` when there is none. */
  readonly resumeFrom: string | undefined;
  /** What the function asks for is done by this. */
  readonly context: TaskContext;
  /** Aborts with a TaskStoppedError. */
  readonly signal: AbortSignal;
}

/** A function at work in a process of its own. */
export interface FunctionRun {
  /** JSON of the result; rejects with what the function threw, or with how it ended its process. */
  readonly result: Promise<string>;
  /** Resolves when nothing of it is at work any more; its process is ended if it takes longer than a moment. */
  end(): Promise<void>;
}

/** Where functions run. `work` is asked again when another process has to begin anew. */
export interface FunctionRuns {
  run(work: () => FunctionWork): FunctionRun;
  /** Ends all processes. */
  stop(): Promise<void>;
}
