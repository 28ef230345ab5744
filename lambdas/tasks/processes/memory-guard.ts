import type { FunctionProcess } from './function-process.ts';

/** Watches a worker's memory while functions run. */
export interface MemoryGuard {
  during<R>(work: () => Promise<R>): Promise<R>;
}

// A process fills some hundred megabytes in that time.
const lookEveryMs = 100;
const megabyte = 1024 * 1024;

/** Ends the largest process when all of them use more than there is: the system would end the worker itself. */
export function memoryGuard(processes: ReadonlySet<FunctionProcess>, atMostMegabytes: number): MemoryGuard {
  let running = 0;
  let looks: NodeJS.Timeout | undefined;
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const sizes = await Promise.all(
      [...processes].map(async (process) => ({ process, megabytes: (await process.memory()) / megabyte })),
    );
    looking = false;
    const sum = sizes.reduce((all, { megabytes }) => all + megabytes, process.memoryUsage.rss() / megabyte);
    if (sum <= atMostMegabytes) return;
    const largest = sizes.reduce((one, other) => (one.megabytes >= other.megabytes ? one : other));
    largest.process.kill(`used ${Math.round(largest.megabytes)} MB of memory, more than its worker has left.`);
  }

  return {
    async during(work) {
      running += 1;
      looks ??= setInterval(() => void look(), lookEveryMs);
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) {
          clearInterval(looks);
          looks = undefined;
        }
      }
    },
  };
}
