import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleHandlers } from '../bin/bundle.ts';
import { type Benchmark, type Figure, figure, say } from './figures.ts';

const runs = 11;

// A checkout of another commit whose handlers are bundled: each function is measured beside its own of there, by turns.
const other = process.env.BENCH_OTHER;

// As the template sets NODE_OPTIONS.
const options = ['--enable-source-maps', '--input-type=module', '--eval'];

// The processor's time beside the clock's: on a busy machine the clock tells of the others.
const timed = `
const [began, before] = [performance.now(), process.cpuUsage()];
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ clock: performance.now() - began, processor: (user + system) / 1000 }));
process.exit(0);`;

interface Import {
  readonly clock: number;
  readonly processor: number;
}

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
      for (const { handler } of bundles) {
        modules.set(handler, moduleOf('.', handler));
        const before = moduleOf(other ?? '', handler);
        if (other !== undefined && existsSync(before)) modules.set(beforeOf(handler), before);
      }
      const imports = importsOf(modules);
      return [
        ...bundles.map(({ handler, bytes }) => figure(handler, 'KB', [bytes / 1024])),
        ...[...imports].flatMap(([name, each]) => [
          figure(
            `import of ${name}`,
            'ms',
            each.map(({ clock }) => clock),
          ),
          figure(
            `import of ${name}: processor`,
            'ms',
            each.map(({ processor }) => processor),
          ),
        ]),
        ...bundles.flatMap(({ handler }) => ratioOf(handler, imports)),
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

const moduleOf = (checkout: string, handler: string) => path.resolve(checkout, 'build/handlers', handler, 'index.mjs');
const beforeOf = (handler: string) => `${handler} of the other checkout`;

/** Of pairs of the same round, in which both met the same machine. */
function ratioOf(handler: string, imports: ReadonlyMap<string, readonly Import[]>): Figure[] {
  const before = imports.get(beforeOf(handler)) ?? [];
  const ratios = (imports.get(handler) ?? []).flatMap(({ processor }, round) => {
    const pair = before[round];
    return pair ? [processor / pair.processor] : [];
  });
  return ratios.length === 0 ? [] : [figure(`${handler}: processor, of that of the other checkout`, 'times', ratios)];
}

/** Round by round, so that a disturbance hits all of them alike. */
function importsOf(modules: ReadonlyMap<string, string>): ReadonlyMap<string, readonly Import[]> {
  const imports = new Map([...modules.keys()].map((name) => [name, [] as Import[]]));
  // The first round brings the files into the system's cache and isn't counted.
  for (let round = 0; round <= runs; round++) {
    for (const [name, file] of modules) {
      const printed = execFileSync(process.execPath, [...options, timed, pathToFileURL(file).href], {
        encoding: 'utf8',
      });
      if (round > 0) imports.get(name)?.push(JSON.parse(printed) as Import);
    }
    say(`  round ${round} of ${runs}`);
  }
  return imports;
}
