import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// What it finds changes with its version.
const pinned = 'schemathesis==4.32.5';
const installSeconds = 300;

/** Where the program is, or why there is none. */
export type Found = { readonly program: string } | { readonly missing: string };

/**
 * The fuzzer that others wrote: the one that SCHEMATHESIS names, the one on the path, or one that is installed into an
 * environment of its own in `folder`, where there are Python and a registry to install from.
 */
export async function findSchemathesis(folder: string): Promise<Found> {
  const named = process.env.SCHEMATHESIS;
  if (named !== undefined) return (await answers(named)) ? { program: named } : { missing: `there is no ${named}` };
  if (await answers('schemathesis')) return { program: 'schemathesis' };
  const timeout = installSeconds * 1000;
  try {
    await run('python3', ['-m', 'venv', path.join(folder, 'venv')], { timeout });
  } catch {
    return { missing: 'there is no Python with venv' };
  }
  const bin = path.join(folder, 'venv', 'bin');
  try {
    await run(path.join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', pinned], { timeout });
  } catch {
    return { missing: 'there is no schemathesis, and the registry of pip is out of reach' };
  }
  return { program: path.join(bin, 'schemathesis') };
}

async function answers(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}
