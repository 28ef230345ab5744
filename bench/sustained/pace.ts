/** Work that comes so often, whether or not what came before is done. */
export interface Pace {
  readonly perSecond: number;
  /** What is due while so many are under way is not begun: it is told as held back. */
  readonly atOnce: number;
  /** One of them; a failure is told by its message. */
  readonly work: (index: number) => Promise<unknown>;
}

export interface Paced {
  readonly begun: number;
  readonly done: number;
  readonly heldBack: number;
  /** How many failed, by what they said. */
  readonly failures: ReadonlyMap<string, number>;
  /** How long each took that was done, in ms. */
  readonly times: readonly number[];
}

// Timers are late by a few ms on a busy machine; what is due by then is begun together.
const tickMs = 10;

/** Begins work at its pace until the time is over, and waits for what is under way. */
export async function paced({ perSecond, atOnce, work }: Pace, seconds: number): Promise<Paced> {
  const failures = new Map<string, number>();
  const times: number[] = [];
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  let [due, begun, heldBack] = [0, 0, 0];
  const one = async (index: number) => {
    const start = performance.now();
    try {
      await work(index);
      times.push(performance.now() - start);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      failures.set(said, (failures.get(said) ?? 0) + 1);
    }
  };
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - began) / 1000) {
    for (; due < Math.floor(elapsed * perSecond); due += 1) {
      if (underWay.size >= atOnce) {
        heldBack += 1;
        continue;
      }
      const working = one(begun).finally(() => underWay.delete(working));
      underWay.add(working);
      begun += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(underWay);
  return { begun, done: times.length, heldBack, failures, times };
}

/** Of values in any order; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
