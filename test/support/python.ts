import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const clients = path.join(import.meta.dirname, '..', 'fixtures', 'clients');

/** A Python that has a package, or why there is none. */
export type Python = { readonly program: string } | { readonly missing: string };

/** The Python that MILLRACE_PYTHON names, or the one on the path, if it can import the package. */
export async function pythonWith(name: string): Promise<Python> {
  const program = process.env.MILLRACE_PYTHON ?? 'python3';
  return run(program, ['-c', `import ${name}`]).then(
    () => ({ program }),
    () => ({ missing: `there is no Python with ${name}; MILLRACE_PYTHON names one` }),
  );
}

/** Runs one of the clients in test/fixtures/clients and reads the JSON that it prints. */
export async function runPython(python: Python, client: string, args: readonly string[]): Promise<unknown> {
  if ('missing' in python) throw new Error(python.missing);
  const { stdout } = await run(python.program, [path.join(clients, client), ...args]);
  return JSON.parse(stdout);
}
