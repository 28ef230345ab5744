/** As many places for work as a source's function may run at once. */
export interface Places {
  /** Resolves when a place is free, and when waiting has ended. */
  free(): Promise<void>;
  /** Gives a place to work until it ends. */
  fill(work: Promise<void>): void;
  /** Lets those go on who wait for a place. */
  endWaiting(): void;
  /** Resolves when no place is taken. */
  empty(): Promise<void>;
}

export function places(most: number): Places {
  const taken = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  return {
    async free() {
      if (taken.size >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    fill(work) {
      const place = work.finally(() => {
        taken.delete(place);
        waiting.shift()?.();
      });
      taken.add(place);
    },
    endWaiting() {
      for (const goOn of waiting.splice(0)) goOn();
    },
    async empty() {
      await Promise.all(taken);
    },
  };
}
