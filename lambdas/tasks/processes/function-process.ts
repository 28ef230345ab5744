import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { answering } from './answering.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import type { FunctionWork } from './ports.ts';
import { untold } from './told-error.ts';

/** How a function's run in a process ended. */
export type RunEnd =
  | { readonly as: 'done'; readonly result: Uint8Array }
  /** `proven`: it was this function, and none that the process ran before. */
  | { readonly as: 'failed'; readonly error: Error; readonly proven: boolean };

/** A process that runs functions, one at a time. */
export interface FunctionProcess {
  run(work: FunctionWork): Promise<RunEnd>;
  /** How long it took until it had loaded the functions; `undefined`: it hasn't yet. */
  startMs(): number | undefined;
  /** `false` once it is gone, or mustn't run another. */
  usable(): boolean;
  /** Ends it at once; `why` is what its task is told. */
  kill(why: string): void;
  /** Memory of its own, in bytes; 0 where the system doesn't say. */
  memory(): Promise<number>;
  readonly ended: Promise<void>;
}

/** The function ended its process, or had it ended; the words say which function, and how. */
class FunctionDiedError extends Error {
  override readonly name = 'FunctionDiedError';
}

export interface ProcessOptions {
  /** The program: it calls `serveFunctions`. */
  readonly program: URL;
  readonly heapMegabytes: number;
}

// Nothing of the worker's: no credentials, no addresses.
const environment = { TZ: 'UTC', LANG: 'en_US.UTF-8' };

/** Starts a process; it may be given its work before it is ready. */
export function startFunctionProcess({ program, heapMegabytes }: ProcessOptions): FunctionProcess {
  const child = forked(program, heapMegabytes);
  const lastWords = tailOf(child);
  let runs = 0;
  let spent = false;
  let killedFor: string | undefined;
  let busy = false;
  const startMs = timeToFirstWord(child);
  const ended = endOf(child);
  const death = () =>
    killedFor ?? deathOf(child, { ready: startMs() !== undefined, lastWords: lastWords(), heapMegabytes });
  return {
    ended,
    startMs,
    usable: () => !spent && !busy && child.connected,
    kill(why) {
      killedFor ??= why;
      spent = true;
      child.kill('SIGKILL');
    },
    memory: () => memoryOf(child.pid),
    async run(work) {
      runs += 1;
      busy = true;
      const first = runs === 1;
      try {
        const last = await conversation(child, ended, work);
        spent = last === undefined || last.left;
        if (last?.kind === 'done') return { as: 'done', result: last.result };
        if (last) return { as: 'failed', error: untold(last.error), proven: first || !last.fatal };
        const error = new FunctionDiedError(`${work.name} ${death()}`);
        return { as: 'failed', error, proven: first || killedFor !== undefined };
      } finally {
        busy = false;
      }
    },
  };
}

/** How long a process took until it said its first word; `undefined` before. */
function timeToFirstWord(child: ChildProcess): () => number | undefined {
  const begun = performance.now();
  let startMs: number | undefined;
  child.once('message', () => {
    startMs = performance.now() - begun;
  });
  return () => startMs;
}

function forked(program: URL, heapMegabytes: number): ChildProcess {
  return fork(program, {
    execArgv: [
      `--max-old-space-size=${heapMegabytes}`,
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=SecurityWarning',
    ],
    env: environment,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    // Results and pieces of files are bytes, rows have dates.
    serialization: 'advanced',
  });
}

type Last = Extract<FromProcess, { kind: 'done' | 'failed' }>;

/** All that is said of a run, until its last word; `undefined`: the process ended without one. */
async function conversation(child: ChildProcess, ended: Promise<void>, work: FunctionWork): Promise<Last | undefined> {
  const { name, taskId, username, input, resumeFrom, context, signal } = work;
  const answers = answering(context, (message) => tellProcess(child, message));
  const stop = () => tellProcess(child, { kind: 'stop', reason: signal.reason.reason });
  signal.addEventListener('abort', stop);
  let listen: (message: FromProcess) => void = () => undefined;
  try {
    const last = new Promise<Last>((resolve) => {
      listen = (message) => {
        if (message.kind === 'done' || message.kind === 'failed') resolve(message);
        else answers.hear(message);
      };
      child.on('message', listen);
    });
    tellProcess(child, { kind: 'run', name, taskId, username, input, resumeFrom });
    return await Promise.race([last, ended.then(() => undefined)]);
  } finally {
    child.off('message', listen);
    await answers.close().finally(() => signal.removeEventListener('abort', stop));
  }
}

// What a process has written may be read a moment after its end.
const lastReadMs = 500;

/** When a process is gone and all that it said is read, or as good as. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    // One that couldn't be started has no exit.
    child.once('error', () => resolve());
    child.once('exit', () => {
      child.once('close', () => resolve());
      setTimeout(resolve, lastReadMs);
    });
  });
}

/** Whether it was heard shows in what comes back: a process that can't be told is on its way out. */
function tellProcess(child: ChildProcess, message: ToProcess): void {
  if (child.connected) child.send(message, () => undefined);
}

const tailLength = 4096;

/** What it writes to stderr goes on to the worker's; the end of it may say why it died. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    tail = (tail + text).slice(-tailLength);
  });
  return () => tail;
}

interface Traces {
  readonly ready: boolean;
  readonly lastWords: string;
  readonly heapMegabytes: number;
}

function deathOf({ exitCode, signalCode }: ChildProcess, { ready, lastWords, heapMegabytes }: Traces): string {
  if (!ready) return `could not begin: its process ended before (${signalCode ?? `exit code ${exitCode}`}).`;
  if (lastWords.includes('JavaScript heap out of memory')) return `used more than ${heapMegabytes} MB of memory.`;
  if (signalCode !== null) return `had its process ended by ${signalCode}.`;
  return `ended its process with exit code ${exitCode}.`;
}

// The kernel counts in pages.
const pageBytes = 4096;

/** Resident and not shared with others: the program itself is in memory once. */
async function memoryOf(pid: number | undefined): Promise<number> {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  // It may end between two looks.
  const [, resident = 0, shared = 0] = await readFile(`/proc/${pid}/statm`, 'utf8').then(
    (line) => line.split(' ').map(Number),
    () => [],
  );
  return (resident - shared) * pageBytes;
}
