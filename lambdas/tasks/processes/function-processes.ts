import type { FunctionProcess, RunEnd } from './function-process.ts';
import { type MemoryGuard, memoryGuard } from './memory-guard.ts';
import type { FunctionRun, FunctionRuns, FunctionWork } from './ports.ts';
import { ProcessPool } from './process-pool.ts';

export interface FunctionProcessesOptions {
  readonly program: URL;
  /** Processes at once; as many functions run beside each other. */
  readonly atMost: number;
  /** Of the worker and all its processes together. */
  readonly memoryMegabytes: number;
}

// A function that was stopped may tidy up; then its process is ended.
const graceMs = 1000;
// Node.js, the runtime of Lambda, and what lies between two looks.
const reservedMegabytes = 150;

/** Processes for functions: each runs one at a time, and is used again as long as it behaves. */
export function functionProcesses({ program, atMost, memoryMegabytes }: FunctionProcessesOptions): FunctionRuns {
  const megabytes = memoryMegabytes - reservedMegabytes;
  const pool = new ProcessPool({ program, atMost, heapMegabytes: Math.floor(megabytes * 0.75) });
  const guard = memoryGuard(pool.processes, megabytes);
  return {
    run: (work) => runIn(pool, guard, work),
    stop: () => pool.stop(),
  };
}

function runIn(pool: ProcessPool, guard: MemoryGuard, work: () => FunctionWork): FunctionRun {
  let current: FunctionProcess | undefined;
  let over = false;
  const attempt = async (process: FunctionProcess): Promise<RunEnd | undefined> => {
    current = process;
    try {
      return over ? undefined : await guard.during(() => process.run(work()));
    } finally {
      current = undefined;
      pool.giveBack(process);
    }
  };
  const outcome = async (): Promise<string> => {
    let end = await attempt(await pool.take());
    // It died in a process that had run others, which may have left the cause behind.
    if (end?.as === 'failed' && !end.proven) end = await attempt(pool.start());
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
}
