/** A run as the time line draws it. */
export interface LaneRun {
  readonly workload: string;
  readonly name: string;
  readonly state: string;
  readonly started_at: string;
  readonly ended_at: string | null;
}

export interface Bar<T> {
  readonly run: T;
  /** Percent of the span. */
  readonly left: number;
  readonly width: number;
  /** Bars that would lie on each other are below each other. */
  readonly row: number;
}

export interface Lane<T> {
  readonly workload: string;
  readonly rows: number;
  readonly bars: readonly Bar<T>[];
}

export interface Lanes<T> {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane<T>[];
}

// A run of a second in a month must be seen, and hit.
const leastPercent = 0.6;
const mostRows = 8;

/** Runs beside each other over time, a lane for each workload; what goes on ends now. */
export function lanesOf<T extends LaneRun>(runs: readonly T[], now: number): Lanes<T> | undefined {
  if (runs.length === 0) return undefined;
  const endOf = ({ ended_at }: T) => (ended_at === null ? now : Date.parse(ended_at));
  const from = Math.min(...runs.map(({ started_at }) => Date.parse(started_at)));
  const to = Math.max(from + 1, ...runs.map(endOf));
  const percent = (at: number) => ((at - from) / (to - from)) * 100;
  const barOf = (run: T) => {
    const left = Math.min(percent(Date.parse(run.started_at)), 100 - leastPercent);
    return { run, left, width: Math.max(leastPercent, percent(endOf(run)) - left) };
  };
  const lanes = [...Map.groupBy(runs, ({ workload }) => workload)]
    .map(([workload, own]) =>
      laneOf(
        workload,
        own.map(barOf).sort((a, b) => a.left - b.left),
      ),
    )
    .sort((one, other) => one.workload.localeCompare(other.workload));
  return { from, to, lanes };
}

/** Each bar stands in the first row that is free there; where all are taken, on top of the last. */
function laneOf<T>(workload: string, bars: readonly Omit<Bar<T>, 'row'>[]): Lane<T> {
  const ends: number[] = [];
  const placed = bars.map((bar) => {
    const free = ends.findIndex((end) => end <= bar.left);
    const row = free >= 0 ? free : Math.min(ends.length, mostRows - 1);
    ends[row] = Math.max(ends[row] ?? 0, bar.left + bar.width);
    return { ...bar, row };
  });
  return { workload, rows: Math.max(1, ends.length), bars: placed };
}
