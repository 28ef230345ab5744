import type pg from 'pg';
import { Interrupted } from './errors.ts';
import type { Execution, ExecutionDescription, TaskInvoker, Transition } from './execution.ts';
import type { Clock } from './interpreter/clock.ts';
import { type Frame, newFrame } from './interpreter/frame.ts';
import type { Change, Run } from './interpreter/run.ts';
import { type Control, firstStep, runExecution } from './interpreter/run-execution.ts';
import { type BatchedJournal, batchedJournal } from './journal/batches.ts';
import { whenReachable } from './journal/reachable.ts';
import { markAnnounced, nextOwner, takeOver, unannounced } from './journal/read.ts';
import { OwnershipLost, writeChange, writeExecution } from './journal/write.ts';
import { type Listeners, listeners } from './listeners.ts';
import { restoreExecution, restoreFrames } from './restore.ts';

export interface EngineOptions {
  readonly pool: pg.Pool;
  readonly invoke: TaskInvoker;
  readonly now: Clock;
  /** Hears of what keeps an execution from going on before the next start, and of listeners that fail. */
  readonly onError: (error: unknown) => void;
}

interface Live {
  readonly control: Control;
  readonly journal: BatchedJournal;
  readonly done: Promise<void>;
}

/** The executions at work in this process: begins them, goes on with those of an earlier process, cuts them off. */
export class Engine {
  readonly transitions: Listeners<Transition>;
  readonly #ended: Listeners<ExecutionDescription>;
  readonly #options: EngineOptions;
  readonly #owner: string;
  readonly #live = new Map<string, Live>();
  readonly #closing = new AbortController();
  #announcing: Promise<void> = Promise.resolve();

  private constructor(options: EngineOptions, owner: string) {
    this.#options = options;
    this.#owner = owner;
    this.transitions = listeners(options.onError);
    this.#ended = listeners(options.onError);
  }

  static async start(options: EngineOptions): Promise<Engine> {
    return new Engine(options, await nextOwner(options.pool));
  }

  /** Writes the execution with its first state and lets it run; undefined when its arn is taken. */
  async begin(execution: Omit<Execution, 'id'>, definition: object): Promise<Execution | undefined> {
    const unsaved = this.#run({ ...execution, id: '' }, 0);
    const root = newFrame(execution.definition);
    const first = firstStep(unsaved, root).change();
    const id = await writeExecution(
      this.#options.pool,
      { ...execution, definition },
      { owner: this.#owner, frames: first.frames, events: first.events },
    );
    if (id === undefined) return undefined;
    const run = this.#run({ ...execution, id }, unsaved.lastEvent);
    this.#launch(run, root);
    this.#tell(first);
    return run.execution;
  }

  /** Goes on with every running execution this process doesn't have; returns how many those were. */
  async resume(): Promise<number> {
    const { executions, frames } = await takeOver(this.#options.pool, this.#owner, [...this.#live.keys()]);
    const framesOf = Map.groupBy(frames, ({ execution_id }) => execution_id);
    for (const row of executions) {
      const execution = restoreExecution(row);
      const root = restoreFrames(execution.definition, framesOf.get(row.id) ?? []);
      this.#launch(this.#run(execution, row.last_event), root);
    }
    return executions.length;
  }

  /** Ends an execution as ABORTED and resolves when that is written; nothing happens to one that has ended. */
  async stop(arn: string, reason: NonNullable<Control['stopped']>): Promise<void> {
    const live = this.#live.get(arn);
    if (live === undefined) return;
    live.control.stopped = reason;
    live.control.abort.abort(new Interrupted('stopped'));
    await live.done;
  }

  /** Adds a listener for ends. An end that a listener didn't take is told to all again with the next end or start. */
  onEnded(listener: (execution: ExecutionDescription) => void | Promise<void>): () => void {
    const remove = this.#ended.add(listener);
    this.#announce();
    return remove;
  }

  /** Cuts all work off without ending any execution and waits for what is being written. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { control } of this.#live.values()) control.abort.abort(new Interrupted('closed'));
    const flushed = [...this.#live.values()].map(({ done, journal }) => done.then(() => journal.flush()));
    // What can't be written now is repeated after the next start.
    await Promise.allSettled(flushed);
    await this.#announcing;
  }

  #run(execution: Execution, lastEvent: number): Run & { journal: BatchedJournal } {
    const { pool, invoke, now } = this.#options;
    const place = { executionId: execution.id, owner: this.#owner, signal: this.#closing.signal };
    const journal = batchedJournal(async (change) => {
      await writeChange(pool, place, change);
      this.#tell(change);
    });
    return { execution, journal, invoke, now, lastEvent };
  }

  #launch(run: Run & { journal: BatchedJournal }, root: Frame): void {
    const { arn } = run.execution;
    const control: Control = { abort: new AbortController() };
    const done = runExecution(run, root, control)
      .catch((error: unknown) => {
        // A close cuts writes off; they are made good after the next start.
        if (!this.#closing.signal.aborted || error instanceof OwnershipLost) this.#options.onError(error);
      })
      .finally(() => this.#live.delete(arn));
    this.#live.set(arn, { control, done, journal: run.journal });
    if (this.#closing.signal.aborted) control.abort.abort(new Interrupted('closed'));
  }

  #tell({ transitions, end }: Pick<Change, 'transitions' | 'end'>): void {
    for (const transition of transitions) void this.transitions.tell(transition);
    if (end !== undefined) this.#announce();
  }

  #announce(): void {
    if (this.#ended.size === 0 || this.#closing.signal.aborted) return;
    this.#announcing = this.#announcing
      .then(() => this.#announceAll())
      .catch((error: unknown) => {
        // Cut off by a close: told after the next start.
        if (!this.#closing.signal.aborted) this.#options.onError(error);
      });
  }

  async #announceAll(): Promise<void> {
    const { pool } = this.#options;
    const { signal } = this.#closing;
    for (const execution of await whenReachable(() => unannounced(pool), signal)) {
      const taken = await this.#ended.tell(execution);
      if (taken) await whenReachable(() => markAnnounced(pool, execution.executionArn), signal);
    }
  }
}
