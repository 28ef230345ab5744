import { type ChildProcess, fork } from 'node:child_process';
import { fileBeside } from '../../file-beside.ts';
import type { TableModel } from '../../template/model.ts';

/** What a process of DuckDB is asked: each table with the files that it is made of now. */
export interface DuckQuestion {
  readonly sql: string;
  readonly folder: string;
  readonly views: readonly {
    readonly table: TableModel;
    readonly files: readonly { readonly file: string; readonly partitions: readonly string[] }[];
  }[];
}

export interface DuckRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** There are more rows: Athena writes them into the bucket, here they would fill the memory. */
  readonly isCut: boolean;
}

/** What comes back: rows, or why there are none. */
export type DuckAnswer = DuckRows | { readonly failure: string };

/** How the process is told to have taken more memory than it may: memory-watch.ts. */
export const tooMuchMemory = 'SIGUSR2';

/** Of the process: DuckDB's own limit, and as much for what it does not count, such as one long text. */
export const mostMegabytes = 1024;

/**
 * DuckDB in a process of its own, for one question after the other. A question may never end, and single functions neither
 * heed an interruption nor the limit of memory: within the stack's process they would take it down.
 */
export class DuckChild {
  #child: ChildProcess | undefined;

  /** Throws with DuckDB's words for a question that fails; a signal ends the process. */
  async ask(question: DuckQuestion, signal: AbortSignal): Promise<DuckRows> {
    signal.throwIfAborted();
    const child = this.#running();
    const end = () => this.end();
    signal.addEventListener('abort', end);
    try {
      const told = await answerOf(child, question);
      if (!('failure' in told)) return told;
      // The folder is this machine's, and no word of Athena's.
      throw new Error(told.failure.replaceAll(`${question.folder}/`, ''));
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** Ends the process; the next question gets a new one. */
  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #running(): ChildProcess {
    if (this.#child?.connected && this.#child.exitCode === null && this.#child.signalCode === null) return this.#child;
    this.#child = fork(fileBeside(import.meta.url, 'duck-process'), {
      execArgv: [],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    return this.#child;
  }
}

function answerOf(child: ChildProcess, question: DuckQuestion): Promise<DuckAnswer> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      finish({
        failure:
          signal === tooMuchMemory
            ? `Query exhausted resources: it took more than ${mostMegabytes} MB of memory.`
            : `DuckDB ended without an answer: ${signal ?? code}`,
      });
    // A machine without room for another process; nothing else listens, and it would end the whole stack.
    const onError = (error: Error) => finish({ failure: `DuckDB could not be started: ${error.message}` });
    const finish = (answer: DuckAnswer) => {
      child.off('message', finish);
      child.off('exit', onExit);
      child.off('error', onError);
      hold(child, 'unref');
      resolve(answer);
    };
    hold(child, 'ref');
    child.once('message', finish);
    child.once('exit', onExit);
    child.once('error', onError);
    // Its exit says what the process ended under.
    child.send(question, () => undefined);
  });
}

/** A process that waits for work doesn't keep its parent from ending. */
function hold(child: ChildProcess, to: 'ref' | 'unref'): void {
  child[to]();
  child.channel?.[to]();
}
