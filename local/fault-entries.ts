/** What every ordered fault may say of the requests that it strikes. */
interface Ordered {
  readonly times?: number | undefined;
  /** Nothing is everywhere. */
  readonly path?: RegExp | '' | undefined;
}

/** Faults in force, in the order they were ordered. */
export interface FaultEntries<F> {
  /** Returns what takes this one fault back. */
  add(fault: F): () => void;
  clear(): void;
  /** As they can be sent as JSON, each with the number of requests it will still strike. */
  list(): object[];
  /** The first that has requests left and fits strikes, and is counted. */
  strike(fits: (fault: F) => boolean): F | undefined;
}

/** An empty list of faults. */
export function faultEntries<F extends Ordered>(): FaultEntries<F> {
  let entries: { readonly fault: F; left: number }[] = [];
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      entries.push(entry);
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    clear() {
      entries = [];
    },
    list: () =>
      entries.map(({ fault: { path, ...rest }, left }) => ({
        ...rest,
        ...(path ? { path: path.source } : {}),
        left: Number.isFinite(left) ? left : 'no end',
      })),
    strike(fits) {
      const entry = entries.find(({ fault, left }) => left > 0 && fits(fault));
      if (entry !== undefined) entry.left -= 1;
      return entry?.fault;
    },
  };
}
