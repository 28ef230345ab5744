import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { fileBeside } from '../../../file-beside.ts';
import { EvaluationFailure } from '../../errors.ts';

/** The variables of an evaluation: those in scope and `states`. */
export type Bindings = Readonly<Record<string, unknown>>;

/** One template to evaluate; `field` names the place in errors. */
export interface Evaluation {
  readonly template: unknown;
  readonly bindings: Bindings;
  readonly field: string;
}

/** What comes back: a value, or why there is none. */
export type Evaluated =
  | { readonly value: unknown }
  | { readonly failure: string; readonly location?: string | undefined };

/** How much one evaluation may take. AWS has such bounds and doesn't publish them. */
export interface Bounds {
  /** Of the processor: a busy machine takes longer for the same expression. */
  readonly processorSeconds: number;
  readonly heapMegabytes: number;
}

// An expression over 256 KiB takes milliseconds, and variables have 10 MB at most: both bounds are far above any honest one.
const usualBounds: Bounds = { processorSeconds: 5, heapMegabytes: 128 };
// Of the process's last words, so that a report has the reason.
const wordsKept = 2000;

/**
 * Evaluates in a process of its own, one after the other. An expression may never end or eat the heap, and neither a
 * thread nor a hook can hold it: one large allocation ends the process it is in, one regular expression its event loop.
 */
export class Evaluator {
  readonly #bounds: Bounds;
  #last: Promise<unknown> = Promise.resolve();
  #child: ChildProcess | undefined;

  constructor(bounds: Bounds = usualBounds) {
    this.#bounds = bounds;
  }

  /** Throws an EvaluationFailure. */
  async evaluate(evaluation: Evaluation): Promise<unknown> {
    const evaluated = this.#last.then(() => this.#tryTwice(evaluation));
    this.#last = evaluated.catch(() => undefined);
    const result = await evaluated;
    if ('failure' in result) throw new EvaluationFailure(result.failure, result.location ?? evaluation.field);
    return result.value;
  }

  /** A process that was ended from outside says nothing about the expression. */
  async #tryTwice(evaluation: Evaluation): Promise<Evaluated> {
    const first = await this.#ask(evaluation);
    const result = 'ended' in first ? await this.#ask(evaluation) : first;
    return 'ended' in result ? { failure: `${placeOf(evaluation)} ended without an answer. ${result.ended}` } : result;
  }

  #ask(evaluation: Evaluation): Promise<Evaluated | { readonly ended: string }> {
    const child = this.#running();
    return new Promise((resolve) => {
      let words = '';
      const onWords = (text: string) => {
        words = `${words}${text}`.slice(-wordsKept);
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
        finish(this.#endOf(evaluation, signal) ?? { ended: `${signal ?? code} ${words}`.trim() });
      // A machine without room for another process; nothing else listens, and it would end the whole stack.
      const onError = (error: Error) => finish({ ended: error.message });
      const finish = (result: Evaluated | { readonly ended: string }) => {
        child.off('message', finish);
        child.off('exit', onExit);
        child.off('error', onError);
        child.stderr?.off('data', onWords);
        hold(child, false);
        resolve(result);
      };
      hold(child, true);
      child.once('message', finish);
      child.once('exit', onExit);
      child.once('error', onError);
      child.stderr?.on('data', onWords);
      try {
        // Its exit says what the process ended under.
        child.send(evaluation, () => undefined);
      } catch (error) {
        finish({ failure: `${placeOf(evaluation)} can't read its variables: ${String(error)}` });
      }
    });
  }

  #endOf(evaluation: Evaluation, signal: NodeJS.Signals | null): Evaluated | undefined {
    const { processorSeconds, heapMegabytes } = this.#bounds;
    if (signal === 'SIGXCPU') {
      return { failure: `${placeOf(evaluation)} took more than ${processorSeconds} s of processor time.` };
    }
    // V8 aborts, or traps where one allocation alone is too large.
    return signal !== null && ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV'].includes(signal)
      ? { failure: `${placeOf(evaluation)} took more than ${heapMegabytes} MB of memory.` }
      : undefined;
  }

  #running(): ChildProcess {
    if (this.#child?.connected && this.#child.exitCode === null && this.#child.signalCode === null) return this.#child;
    const { processorSeconds, heapMegabytes } = this.#bounds;
    const child = fork(fileBeside(import.meta.url, 'process'), [String(processorSeconds)], {
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    child.stderr?.setEncoding('utf8');
    this.#child = child;
    return child;
  }
}

/** For all state machines of this process; starts with the first expression. */
export const evaluator = new Evaluator();

function placeOf({ field }: Evaluation): string {
  return `The JSONata of the field '${field}'`;
}

/** A process that waits for work doesn't keep its parent from ending. */
function hold(child: ChildProcess, busy: boolean): void {
  const to = busy ? 'ref' : 'unref';
  child[to]();
  child.channel?.[to]();
  if (child.stderr instanceof Socket) child.stderr[to]();
}
