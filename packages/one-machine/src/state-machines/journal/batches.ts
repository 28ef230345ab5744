import type { Change, Journal } from '../interpreter/run.ts';

/** How long an appended change may wait for company before it is written on its own. */
const patienceMs = 20;

/** A journal that can be emptied: `flush` resolves when all that was handed in is durable, or rejects. */
export interface BatchedJournal extends Journal {
  flush(): Promise<void>;
}

/**
 * Writes the changes of one execution in order, one statement at a time; what gathers while one is under way goes
 * together in the next, so that forty iterations cost few round trips. After a failed write nothing more is written
 * and every commit rejects with that failure.
 */
export function batchedJournal(write: (change: Change) => Promise<void>): BatchedJournal {
  const waiting: Batch[] = [];
  let writing = false;
  let timer: NodeJS.Timeout | undefined;
  let broken: { readonly error: unknown } | undefined;

  const writeBatch = async (batch: Batch) => {
    try {
      if (broken !== undefined) throw broken.error;
      await write(batch.change());
      batch.resolve();
    } catch (error) {
      broken ??= { error };
      batch.reject(error);
    }
  };
  const start = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (writing) return;
    writing = true;
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await writeBatch(batch);
    writing = false;
  };
  const add = (change: Change): Batch => {
    const last = waiting.at(-1);
    if (last?.takes(change)) {
      last.add(change);
      return last;
    }
    const batch = new Batch(change);
    waiting.push(batch);
    return batch;
  };
  const commit = (change: Change) => {
    const { durable } = add(change);
    void start();
    return durable;
  };

  return {
    commit,
    append(change) {
      // The failure is kept in `broken` and shows in the next commit.
      add(change).durable.catch(() => undefined);
      timer ??= setTimeout(start, patienceMs);
    },
    flush: () => commit({ events: [], transitions: [], frames: [], removed: [], end: undefined }),
  };
}

class Batch {
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly #changes: Change[];

  constructor(change: Change) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.durable = promise;
    this.resolve = resolve;
    this.reject = reject;
    this.#changes = [change];
  }

  /** One statement can't remove a row and write it again. */
  takes(change: Change): boolean {
    const gone = this.#changes.flatMap(({ removed }) => removed);
    return !change.frames.some(({ path }) => gone.some((prefix) => path.startsWith(prefix)));
  }

  add(change: Change): void {
    this.#changes.push(change);
  }

  /** The newest row of each path, without those removed after they were written. */
  change(): Change {
    const frames = new Map<string, Change['frames'][number]>();
    for (const change of this.#changes) {
      for (const path of frames.keys())
        if (change.removed.some((prefix) => path.startsWith(prefix))) frames.delete(path);
      for (const row of change.frames) frames.set(row.path, row);
    }
    return {
      events: this.#changes.flatMap(({ events }) => events),
      transitions: this.#changes.flatMap(({ transitions }) => transitions),
      frames: [...frames.values()],
      removed: this.#changes.flatMap(({ removed }) => removed),
      end: this.#changes.find(({ end }) => end !== undefined)?.end,
    };
  }
}
