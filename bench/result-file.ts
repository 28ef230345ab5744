import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import type { Figure } from './figures.ts';

/** Where and on what the figures came about: those of two machines can't be compared. */
export interface Circumstances {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gb: number;
  readonly node: string;
  /** Of one minute, before the benchmark began: above 0.7 something else was running. */
  readonly load_before: number;
}

/** Read before the benchmark begins, as it makes load of its own. */
export function circumstances(): Circumstances {
  const git = (...command: string[]) => execFileSync('git', command, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!bench/results', ':!docs') === '' ? '' : '+changes';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    load_before: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Writes `bench/results/<name>.json` and returns its path. */
export function writeResult(name: string, about: Circumstances, title: string, figures: readonly Figure[]): string {
  const file = path.join(import.meta.dirname, 'results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ name, title, ...about, figures }, undefined, 2)}\n`);
  return path.relative(process.cwd(), file);
}
