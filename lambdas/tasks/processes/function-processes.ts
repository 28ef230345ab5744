import { type FunctionProcess, type RunEnd, startFunctionProcess } from './function-process.ts';
import { memoryGuard } from './memory-guard.ts';
import type { FunctionRuns } from './ports.ts';

export interface FunctionProcessesOptions {
  readonly program: URL;
  /** Processes at once; as many functions run beside each other. */
  readonly atMost: number;
  /** Of the worker and all its processes together. */
  readonly memoryMegabytes: number;
}

// As long as it takes to start a process, which is measured: while functions end faster than that they share one, and
// thousands of short ones need one or two, however busy the machine is. What one waits behind others stays bearable.
const leastPatienceMs = 50;
const mostPatienceMs = 1000;
// A function that was stopped may tidy up; then its process is ended.
const graceMs = 1000;
// An idle process gives its memory back.
const idleMs = 30_000;
// Node.js, the runtime of Lambda, and what lies between two looks.
const reservedMegabytes = 150;

/** Processes for functions: each runs one at a time, and is used again as long as it behaves. */
export function functionProcesses(options: FunctionProcessesOptions): FunctionRuns {
  const all = new Set<FunctionProcess>();
  const idle: { readonly process: FunctionProcess; readonly since: number }[] = [];
  const waiting: ((process: FunctionProcess) => void)[] = [];
  let patience: NodeJS.Timeout | undefined;
  let lastEnd = 0;
  const heapMegabytes = Math.floor((options.memoryMegabytes - reservedMegabytes) * 0.75);

  function start(): FunctionProcess {
    const begun = startFunctionProcess({ program: options.program, heapMegabytes });
    all.add(begun);
    void begun.ended.then(() => {
      all.delete(begun);
      grow();
    });
    return begun;
  }

  /** More processes while functions wait: one, then twice as many. */
  function grow(): void {
    if (waiting.length === 0 || patience) return;
    const startSome = () => {
      const room = options.atMost - all.size;
      for (let more = Math.min(waiting.length, room, Math.max(1, all.size)); more > 0; more -= 1) giveBack(start());
      grow();
    };
    if (all.size === 0) {
      startSome();
      return;
    }
    const starts = [...all].map((process) => process.startMs());
    const patienceMs = Math.min(mostPatienceMs, Math.max(leastPatienceMs, ...starts.map((ms) => ms ?? 0)));
    patience = setTimeout(() => {
      patience = undefined;
      const starting = [...all].some((process) => process.startMs() === undefined);
      if (starting || performance.now() - lastEnd < patienceMs) grow();
      else startSome();
    }, patienceMs);
  }

  function giveBack(process: FunctionProcess): void {
    if (!process.usable()) {
      process.kill('had its process ended: it left work behind.');
      grow();
      return;
    }
    const next = waiting.shift();
    if (next) next(process);
    else idle.push({ process, since: performance.now() });
  }

  async function take(): Promise<FunctionProcess> {
    for (let known = idle.pop(); known; known = idle.pop()) if (known.process.usable()) return known.process;
    return new Promise((resolve) => {
      waiting.push(resolve);
      grow();
    });
  }

  const guard = memoryGuard(all, options.memoryMegabytes - reservedMegabytes);
  const rest = setInterval(() => {
    // The last one stays: what comes next begins at once.
    while (idle.length > 1 && idle[0] && performance.now() - idle[0].since > idleMs)
      idle.shift()?.process.kill('had nothing to do.');
  }, idleMs);
  rest.unref();
  // By the time that the first task is leased it is there.
  giveBack(start());

  return {
    run(work) {
      let current: FunctionProcess | undefined;
      let over = false;
      const attempt = async (process: FunctionProcess): Promise<RunEnd | undefined> => {
        current = process;
        try {
          return over ? undefined : await guard.during(() => process.run(work()));
        } finally {
          current = undefined;
          lastEnd = performance.now();
          giveBack(process);
        }
      };
      const outcome = async (): Promise<string> => {
        let end = await attempt(await take());
        // It died in a process that had run others, which may have left the cause behind.
        if (end?.as === 'failed' && !end.proven) end = await attempt(start());
        over = true;
        if (!end) throw new Error('The function was stopped before it began.');
        if (end.as === 'failed') throw end.error;
        return Buffer.from(end.result.buffer, end.result.byteOffset, end.result.byteLength).toString();
      };
      const result = outcome();
      return {
        result,
        async end() {
          over = true;
          const grace = setTimeout(() => current?.kill('was stopped.'), graceMs);
          // One that still waits for its process has nothing to end.
          await (current ? result.catch(() => undefined) : undefined);
          clearTimeout(grace);
        },
      };
    },
    async stop() {
      clearTimeout(patience);
      clearInterval(rest);
      for (const process of all) process.kill('was stopped with its worker.');
      await Promise.all([...all].map(({ ended }) => ended));
    },
  };
}
