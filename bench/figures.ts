/** One measured thing over several runs. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly runs: number;
}

/** One script of this folder. */
export interface Benchmark {
  /** One line under which its table stands: what is measured, on which input. */
  readonly title: string;
  measure(): Promise<readonly Figure[]>;
}

/** Sums up the values of several runs. Throws when there are none: a figure of nothing is no figure. */
export function figure(what: string, unit: string, values: readonly number[]): Figure {
  const sorted = values.toSorted((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error(`Nothing was measured: ${what}`);
  return { what, unit, min: rounded(min), median: rounded(medianOf(sorted)), max: rounded(max), runs: values.length };
}

/** No clock here tells more than that. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Seconds of the wall clock that some work took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Tells a person at the terminal what goes on. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
