import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleHandlers } from '../bin/bundle.ts';
import { type Benchmark, figure, say } from './figures.ts';

const runs = 11;

// As the template sets NODE_OPTIONS.
const options = ['--enable-source-maps', '--input-type=module', '--eval'];

const timed = `
const began = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - began));
process.exit(0);`;

/** Size of each function's code, and the time to import it in a process that has just begun. */
export const benchmark: Benchmark = {
  title: 'Size of each bundle, and the time to import it in a fresh process',
  async measure() {
    const bundles = await bundleHandlers();
    const directory = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'));
    try {
      const nothing = path.join(directory, 'index.mjs');
      writeFileSync(nothing, 'export const handler = () => undefined;\n');
      const modules = new Map([['(an empty module)', nothing]]);
      for (const { handler } of bundles) modules.set(handler, path.resolve('build/handlers', handler, 'index.mjs'));
      const times = importTimes(modules);
      return [
        ...bundles.map(({ handler, bytes }) => figure(handler, 'KB', [bytes / 1024])),
        ...[...times].map(([name, milliseconds]) => figure(`import of ${name}`, 'ms', milliseconds)),
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Round by round, so that a disturbance hits all of them alike. */
function importTimes(modules: ReadonlyMap<string, string>): ReadonlyMap<string, readonly number[]> {
  const times = new Map([...modules.keys()].map((name) => [name, [] as number[]]));
  // The first round brings the files into the system's cache and isn't counted.
  for (let round = 0; round <= runs; round++) {
    for (const [name, file] of modules) {
      const printed = execFileSync(process.execPath, [...options, timed, pathToFileURL(file).href], {
        encoding: 'utf8',
      });
      if (round > 0) times.get(name)?.push(Number(printed));
    }
    say(`  round ${round} of ${runs}`);
  }
  return times;
}
