/** A set of listeners; one that throws or rejects never stops the others or the caller. */
export interface Listeners<T> {
  /** Adds a listener; returns what removes it. */
  add(listener: (value: T) => void | Promise<void>): () => void;
  readonly size: number;
  /** Tells all of them, in the order they came; resolves to whether each of them took it. */
  tell(value: T): Promise<boolean>;
}

export function listeners<T>(onError: (error: unknown) => void): Listeners<T> {
  const all = new Set<(value: T) => void | Promise<void>>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    get size() {
      return all.size;
    },
    async tell(value) {
      const told = [...all].map(async (listener) => listener(value));
      const failed = (await Promise.allSettled(told)).filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of failed) onError(reason);
      return failed.length === 0;
    },
  };
}
