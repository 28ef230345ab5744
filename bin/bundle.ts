import { cp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { copyAssets } from './bundle-assets.ts';
import { bundlePrograms } from './bundle-programs.ts';
import { earlierBundles, rememberInputs } from './earlier-bundles.ts';
import { handlerFiles } from './handler-files.ts';
import { replaceFolder } from './replace-folder.ts';

// As lambdas/platform/console/contract.ts has it; what bundles reads no contract.
const consoleFolder = 'site';

const output = 'build/handlers';

// CommonJS packages inside an ES module still call require() of Node's own modules.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const options = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  banner: { js: banner },
  // The ES modules of the AWS SDK: what a handler doesn't use stays out.
  mainFields: ['module', 'main'],
  minify: true,
  // Errors are told apart by the names of their classes.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  // Optional in pg and in the Kafka client, and native.
  external: ['pg-native', '@node-rs/crc32'],
  // The same WebAssembly as text inside the module: beside a bundle there is no file to read.
  alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
} satisfies BuildOptions;

/** One bundled handler. */
export interface Bundle {
  /** `platform/send-mail`. */
  readonly handler: string;
  /** Size of the code, without its source map. */
  readonly bytes: number;
}

/** What beside the code of the handlers. */
export interface Wanted {
  /** The built console beside its handler: for a deployment. One machine builds it while the stack is ready. */
  readonly console?: boolean;
}

// esbuild keeps all outputs of a run in memory until the last is printed, some 45 MB for each handler: all 50 at once took
// 2.1 GB, more than everything else that `npm start` runs. Ten at a time take 0.7 GB, and a fifth more processor time,
// since what they share is parsed anew.
const handlersARun = 10;

// esbuild is a Go program and collects its garbage late. This limit is soft: it costs 0.2 s and saves 0.2 GB.
const memoryLimit = '550MiB';

/**
 * Bundles every handler `<workload>/<name>` into `build/handlers/<workload>/<name>/index.mjs`, wherever its file is. One of
 * whose files none has changed since the last run is taken from there.
 */
export async function bundleHandlers(wanted: Wanted = {}): Promise<readonly Bundle[]> {
  const handlers = [...handlerFiles()].sort(([a], [b]) => (a < b ? -1 : 1));
  const unfinished = `${output}.new-${process.pid}`;
  try {
    const earlier = await earlierBundles(output);
    const anew: Entry[] = [];
    const made = new Map<string, readonly string[]>();
    for (const entry of handlers) {
      const inputs = await earlier.take(entry[0], `${unfinished}/${entry[0]}`);
      if (inputs) made.set(entry[0], inputs);
      else anew.push(entry);
    }
    for (const [handler, inputs] of await bundleAnew(anew, unfinished)) made.set(handler, inputs);
    await rememberInputs(unfinished, made);
    if (wanted.console) await addConsole(`${unfinished}/platform/console/${consoleFolder}`);
    await replaceFolder(unfinished, output);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return Promise.all(
    handlers.map(async ([handler]) => ({ handler, bytes: (await stat(`${output}/${handler}/index.mjs`)).size })),
  );
}

/** Vite is loaded only here: what one machine starts from has no console in it. */
async function addConsole(folder: string): Promise<void> {
  const { buildConsole } = await import('../packages/console/build/build.ts');
  await cp(await buildConsole(), folder, { recursive: true });
}

/** A handler and its file. */
type Entry = readonly [handler: string, file: string];

/** Resolves to what went into each bundle. */
async function bundleAnew(
  handlers: readonly Entry[],
  directory: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const made = new Map<string, readonly string[]>();
  if (handlers.length === 0) return made;
  process.env.GOMEMLIMIT ??= memoryLimit;
  const programs = await bundlePrograms(options);
  for (let next = 0; next < handlers.length; next += handlersARun) {
    const some = handlers.slice(next, next + handlersARun);
    const entryPoints = some.map(([handler, file]) => ({ in: file, out: `${handler}/index` }));
    const { metafile } = await build({ ...options, entryPoints, outdir: directory, metafile: true });
    for (const [folder, inputs] of await copyAssets(metafile, programs))
      made.set(path.relative(directory, folder).replaceAll('\\', '/'), inputs);
  }
  return made;
}

if (import.meta.main) {
  try {
    for (const { handler, bytes } of await bundleHandlers({ console: process.argv.includes('--console') }))
      process.stdout.write(`${handler.padEnd(32)} ${String(Math.ceil(bytes / 1024)).padStart(6)} KB\n`);
  } catch (error) {
    // What is wrong in the sources esbuild has told already, place by place.
    if (!(error instanceof Error && 'errors' in error)) throw error;
    process.exitCode = 1;
  }
}
