import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A copy of the project as `git clone` and `npm ci` leave it: nothing built, nothing started yet. */
export interface Checkout {
  readonly directory: string;
  forget(): void;
}

/** Copies what git knows, changes included. The packages are linked: installing them is not what is measured. */
export function freshCheckout(project: string): Checkout {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));
  // PostgreSQL runs under another account when this is root.
  chmodSync(directory, 0o755);
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: project,
      encoding: 'utf8',
    },
  );
  for (const file of listed.split('\0').filter((name) => name !== '')) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    cpSync(path.join(project, file), path.join(directory, file), { verbatimSymlinks: true });
  }
  symlinkSync(path.join(project, 'node_modules'), path.join(directory, 'node_modules'));
  return { directory, forget: () => rmSync(directory, { recursive: true, force: true }) };
}
