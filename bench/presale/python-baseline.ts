import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readFile } from '../../lambdas/presale/file/read-file.ts';
import { say } from '../figures.ts';
import { chunksOf, type SeasonFile } from './season-files.ts';

/** The same work by pandas, row checks in Python and SQLAlchemy. */
export interface PythonBaseline {
  rowsPerSecond(): Promise<number>;
  forget(): Promise<void>;
}

const run = promisify(execFile);
const script = path.resolve(import.meta.dirname, '../../../shared/baselines/presale_pandas.py');
// BENCH_PYTHON names another interpreter, such as one of a virtual environment.
const python = process.env.BENCH_PYTHON ?? 'python3';

/** `undefined`, with the reason at the terminal, where the script, Python or one of its libraries is missing. */
export async function pythonBaseline(url: string, files: readonly SeasonFile[]): Promise<PythonBaseline | undefined> {
  if (!existsSync(script)) return missing(`${script} is not there`);
  try {
    await run(python, ['-c', 'import pandas, psycopg2, sqlalchemy']);
  } catch {
    return missing(`${python} has not all of pandas, psycopg2 and SQLAlchemy`);
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  const paths: string[] = [];
  for (const { county, bytes } of files) {
    const file = path.join(directory, `${county}.csv`);
    await writeFile(file, await readableLines(bytes));
    paths.push(file);
  }
  return {
    async rowsPerSecond() {
      // SQLAlchemy 2.1 takes psycopg 3 where the address names no driver; the baseline is one of psycopg2.
      const address = url.replace(/^postgresql:/, 'postgresql+psycopg2:');
      const { stdout } = await run(python, [script, address, ...paths]);
      const [, rate] = /^pandas \+ SQLAlchemy: .* (\d+) rows\/s$/m.exec(stdout) ?? [];
      if (rate === undefined) throw new Error(`The baseline printed no rate:\n${stdout}`);
      return Number(rate);
    },
    forget: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The header lines and the good rows: an empty date is one of the things that end the baseline. */
async function readableLines(bytes: Buffer): Promise<string> {
  const problems = new Set<number>();
  for await (const rows of readFile(chunksOf(bytes)))
    for (const { state, line } of rows) if (state === 'problem') problems.add(line);
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((_line, index) => !problems.has(index + 1))
    .join('\n');
}

function missing(reason: string): undefined {
  say(`  Without the Python baseline: ${reason}`);
}
