import { type Benchmark, type Figure, figure, say, seconds } from '../figures.ts';
import { type LoadGround, prepareLoadGround } from './load-ground.ts';
import { pythonBaseline } from './python-baseline.ts';
import { benchSeason, largestCounty, type SeasonFile, seasonFiles } from './season-files.ts';

/** CSV bytes to committed rows by the load path itself, beside a bare COPY of the same rows and the Python baseline. */
export const benchmark: Benchmark = {
  title: `CSV bytes to committed rows, season ${benchSeason} of the sample site`,
  async measure() {
    const files = await seasonFiles();
    const ground = await prepareLoadGround(files);
    try {
      const one = files.filter(({ county }) => county === largestCounty);
      return [
        ...(await comparePairs(ground, `one file (${largestCounty})`, one, 11)),
        ...(await comparePairs(ground, `${files.length} files`, files, 5)),
        ...(await comparePython(ground, files, 3)),
      ];
    } finally {
      await ground.stop();
    }
  },
};

/** Ours and the bare COPY by turns, the first of them changing, each into an empty table; then the same files again. */
async function comparePairs(
  ground: LoadGround,
  what: string,
  files: readonly SeasonFile[],
  runs: number,
): Promise<Figure[]> {
  const ours: number[] = [];
  const bare: number[] = [];
  const again: number[] = [];
  let rows = 0;
  // The first round warms both up and isn't counted.
  for (let run = 0; run <= runs; run++) {
    const load = async () => {
      await ground.empty();
      const took = await seconds(async () => {
        rows = await ground.load(files);
      });
      const tookAgain = await seconds(() => ground.load(files));
      if (run > 0) ours.push(took) && again.push(tookAgain);
    };
    const copy = async () => {
      await ground.emptyBare();
      const took = await seconds(() => ground.copy(files));
      if (run > 0) bare.push(took);
    };
    for (const turn of run % 2 === 0 ? [load, copy] : [copy, load]) await turn();
    say(`  ${what}: round ${run} of ${runs}`);
  }
  const perSecond = (times: readonly number[]) => times.map((time) => rows / time);
  const ratio = (times: readonly number[]) => times.map((time, pair) => time / (bare[pair] ?? 0));
  return [
    figure(`${what}, ${rows} rows: ours, empty table`, 'rows/s', perSecond(ours)),
    figure(`${what}, ${rows} rows: ours, loaded again`, 'rows/s', perSecond(again)),
    figure(`${what}, ${rows} rows: bare COPY`, 'rows/s', perSecond(bare)),
    figure(`${what}: time of ours, empty table / bare COPY`, 'times', ratio(ours)),
    figure(`${what}: time of ours, loaded again / bare COPY`, 'times', ratio(again)),
  ];
}

async function comparePython(ground: LoadGround, files: readonly SeasonFile[], runs: number): Promise<Figure[]> {
  const python = await pythonBaseline(ground.url, files);
  if (!python) return [];
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 1; run <= runs; run++) {
      await ground.empty();
      let rows = 0;
      const took = await seconds(async () => {
        rows = await ground.load(files);
      });
      ours.push(rows / took);
      theirs.push(await python.rowsPerSecond());
      say(`  pandas and SQLAlchemy: round ${run} of ${runs}`);
    }
    const ratio = ours.map((rate, pair) => rate / (theirs[pair] ?? 0));
    return [
      figure(`${files.length} files: pandas and SQLAlchemy`, 'rows/s', theirs),
      figure(`${files.length} files: rate of ours / of pandas and SQLAlchemy`, 'times', ratio),
    ];
  } finally {
    await python.forget();
  }
}
