/** Callers that wait for something; each looks again when it may have happened. */
export interface Waiters {
  /** Resolves at the next chance, and no later than that. */
  chance(withinMs?: number): Promise<void>;
  /** Something has happened. */
  wakeAll(): void;
}

export function waiters(): Waiters {
  const waiting = new Set<() => void>();
  return {
    chance: (withinMs) =>
      new Promise((resolve) => {
        const timer = withinMs === undefined ? undefined : setTimeout(() => wake(), withinMs);
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      }),
    wakeAll: () => {
      for (const wake of [...waiting]) wake();
    },
  };
}
