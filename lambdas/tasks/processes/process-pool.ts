import { type FunctionProcess, type ProcessOptions, startFunctionProcess } from './function-process.ts';

export interface PoolOptions extends ProcessOptions {
  /** Processes at once; as many functions run beside each other. */
  readonly atMost: number;
}

// As long as it takes to start a process, which is measured: while functions end faster than that they share one, and
// thousands of short ones need one or two, however busy the machine is. What one waits behind others stays bearable.
const leastPatienceMs = 50;
const mostPatienceMs = 1000;
// An idle process gives its memory back.
const idleMs = 30_000;

/** Processes for functions, as many as are needed: each runs one at a time, and is used again as long as it behaves. */
export class ProcessPool {
  readonly #options: PoolOptions;
  readonly #all = new Set<FunctionProcess>();
  readonly #idle: { readonly process: FunctionProcess; readonly since: number }[] = [];
  readonly #waiting: ((process: FunctionProcess) => void)[] = [];
  readonly #rest: NodeJS.Timeout;
  #patience: NodeJS.Timeout | undefined;
  #lastEnd = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#rest = setInterval(() => this.#endIdle(), idleMs).unref();
    // By the time that the first task is leased it is there.
    this.#place(this.start());
  }

  /** All that there are, at work or idle. */
  get processes(): ReadonlySet<FunctionProcess> {
    return this.#all;
  }

  /** A new one, whether there is room or not: what ran in the others can't be the cause of how it ends. */
  start(): FunctionProcess {
    const begun = startFunctionProcess(this.#options);
    this.#all.add(begun);
    void begun.ended.then(() => {
      this.#all.delete(begun);
      this.#grow();
    });
    return begun;
  }

  /** One that is idle, or the next that is given back or started. */
  async take(): Promise<FunctionProcess> {
    for (let known = this.#idle.pop(); known; known = this.#idle.pop())
      if (known.process.usable()) return known.process;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#grow();
    });
  }

  /** Takes one back whose function has ended. */
  giveBack(process: FunctionProcess): void {
    this.#lastEnd = performance.now();
    this.#place(process);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#patience);
    clearInterval(this.#rest);
    for (const process of this.#all) process.kill('was stopped with its worker.');
    await Promise.all([...this.#all].map(({ ended }) => ended));
  }

  /** More processes while functions wait: one, then twice as many. */
  #grow(): void {
    if (this.#waiting.length === 0 || this.#patience) return;
    if (this.#all.size === 0) {
      this.#startSome();
      return;
    }
    const patienceMs = this.#patienceMs();
    this.#patience = setTimeout(() => {
      this.#patience = undefined;
      const starting = [...this.#all].some((process) => process.startMs() === undefined);
      if (starting || performance.now() - this.#lastEnd < patienceMs) this.#grow();
      else this.#startSome();
    }, patienceMs);
  }

  #patienceMs(): number {
    const starts = [...this.#all].map((process) => process.startMs() ?? 0);
    return Math.min(mostPatienceMs, Math.max(leastPatienceMs, ...starts));
  }

  #startSome(): void {
    const room = this.#options.atMost - this.#all.size;
    const most = Math.min(this.#waiting.length, room, Math.max(1, this.#all.size));
    for (let more = most; more > 0; more -= 1) this.#place(this.start());
    this.#grow();
  }

  #place(process: FunctionProcess): void {
    if (!process.usable()) {
      process.kill('had its process ended: it left work behind.');
      this.#grow();
      return;
    }
    const next = this.#waiting.shift();
    if (next) next(process);
    else this.#idle.push({ process, since: performance.now() });
  }

  /** The last one stays: what comes next begins at once. */
  #endIdle(): void {
    const idle = this.#idle;
    while (idle.length > 1 && idle[0] && performance.now() - idle[0].since > idleMs)
      idle.shift()?.process.kill('had nothing to do.');
  }
}
