/** What a start is busy with, told while it takes longer than a moment. */
export interface Starting {
  /** Names a piece of work until it has ended; `what` is asked anew each time, so that it may tell how far it is. */
  during<T>(what: () => string, work: Promise<T>): Promise<T>;
  stop(): void;
}

// Later starts are over by then and have nothing to tell.
const everyMs = 5000;

/** Says every few seconds what the start is doing, so that a first one on a busy machine is not silent. */
export function tellOfStart(say: (message: string) => void, intervalMs = everyMs): Starting {
  const began = performance.now();
  const underWay = new Set<() => string>();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000);
    const what = [...underWay].map((one) => one()).join('; ');
    say(`Still starting, after ${seconds} s${what === '' ? '' : `: ${what}`}`);
  }, intervalMs);
  return {
    async during(what, work) {
      underWay.add(what);
      try {
        return await work;
      } finally {
        underWay.delete(what);
      }
    },
    stop: () => clearInterval(timer),
  };
}

/** For starts without a terminal. */
export const untold: Starting = { during: (_what, work) => work, stop: () => undefined };
