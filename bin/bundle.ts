import { cp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, stop } from 'esbuild';
import { copyAssets } from './bundle-assets.ts';
import { programsOf } from './bundle-programs.ts';
import { type EarlierBundles, earlierBundles } from './earlier-bundles.ts';
import { handlerFiles } from './handler-files.ts';
import { linkEqualFiles } from './link-equal-files.ts';
import { forgetUnfinished, replaceFolder, unfinishedFolder } from './replace-folder.ts';
import { runtimeSchemas } from './runtime-schemas.ts';

// As lambdas/platform/console/contract.ts has it; what bundles reads no contract.
const consoleFolder = 'site';

const output = 'build/handlers';

// CommonJS packages inside an ES module still call require() of Node's own modules.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const credentials = path.resolve('lambdas/adapters/credentials/in-variables.ts');

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
  alias: {
    // The same WebAssembly as text inside the module: beside a bundle there is no file to read.
    '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled',
    // By their names in the SDK's own packages: its clients import the one, the signer of the database the other.
    '@aws-sdk/credential-provider-node': credentials,
    '@aws-sdk/credential-providers': credentials,
  },
  plugins: [runtimeSchemas],
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
  /** The handler that may stay as it was while others are made anew: the next run makes it. */
  readonly later?: string | undefined;
  /** Told of `later` when it was left out of date. */
  readonly onLeft?: (handler: string) => void;
  /** Told how many of how many are done, while some are made anew. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Ends it; nothing of it stays. */
  readonly signal?: AbortSignal;
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
  await forgetUnfinished(output);
  const unfinished = unfinishedFolder(output);
  try {
    const earlier = await earlierBundles(output);
    const { made, anew } = await takeEarlier(handlers, earlier, { ...wanted, unfinished });
    const kept = handlers.length - anew.length;
    const onProgress = (done: number) => wanted.onProgress?.(kept + done, handlers.length);
    for (const [handler, inputs] of await bundleAnew(anew, unfinished, { ...wanted, onProgress }))
      made.set(handler, inputs);
    await linkEqualFiles([unfinished]);
    await earlier.remember(unfinished, made);
    if (wanted.console) await addConsole(`${unfinished}/platform/console/${consoleFolder}`);
    wanted.signal?.throwIfAborted();
    await replaceFolder(unfinished, output);
  } finally {
    // Tried again where esbuild has written one more file meanwhile.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
  return Promise.all(
    handlers.map(async ([handler]) => ({ handler, bytes: (await stat(`${output}/${handler}/index.mjs`)).size })),
  );
}

/** What needn't be made anew, with what it was made of; and the others. */
async function takeEarlier(
  handlers: readonly Entry[],
  earlier: EarlierBundles,
  { unfinished, later, onLeft }: Wanted & { readonly unfinished: string },
): Promise<{ readonly made: Map<string, readonly string[]>; readonly anew: readonly Entry[] }> {
  const take = async (entry: Entry) => [entry, await earlier.take(entry[0], `${unfinished}/${entry[0]}`)] as const;
  const looked = await Promise.all(handlers.map(take));
  const made = new Map(looked.flatMap(([[handler], inputs]) => (inputs ? [[handler, inputs] as const] : [])));
  const anew = handlers.filter(([handler]) => !made.has(handler));
  const late = anew.find(([handler]) => handler === later);
  if (!late || anew.length === 1 || !(await earlier.postpone(late[0], `${unfinished}/${late[0]}`)))
    return { made, anew };
  onLeft?.(late[0]);
  return { made, anew: anew.filter((entry) => entry !== late) };
}

/**
 * Whether nobody asks what is in the functions: for `cdk ls` and `cdk destroy` the CDK's command line names no stack to bundle, where
 * for the others it names some, or all.
 */
export function asksForNames(context: Readonly<Record<string, unknown>>): boolean {
  const stacks = context['aws:cdk:bundling-stacks'];
  return Array.isArray(stacks) && stacks.length === 0;
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
  { onProgress, signal }: { readonly onProgress: (done: number) => void; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const made = new Map<string, readonly string[]>();
  if (handlers.length === 0) return made;
  process.env.GOMEMLIMIT ??= memoryLimit;
  const programs = programsOf(options);
  for (let next = 0; next < handlers.length; next += handlersARun) {
    signal?.throwIfAborted();
    onProgress(next);
    const some = handlers.slice(next, next + handlersARun);
    const entryPoints = some.map(([handler, file]) => ({ in: file, out: `${handler}/index` }));
    const building = build({ ...options, entryPoints, outdir: directory, metafile: true });
    const { metafile } = await unlessAborted(building, signal);
    for (const [folder, inputs] of await copyAssets(metafile, programs))
      made.set(path.relative(directory, folder).replaceAll('\\', '/'), inputs);
  }
  return made;
}

/** esbuild writes nothing more once it is stopped, and its promise then stays open for ever. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => {
    stop().then(() => aborted.reject(signal.reason), aborted.reject);
  };
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function main(): Promise<void> {
  if (asksForNames(JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}'))) return;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const onProgress = (done: number, all: number) => process.stdout.write(`${done} of ${all} functions are bundled\n`);
  try {
    const { values } = parseArgs({ options: { console: { type: 'boolean' }, later: { type: 'string' } } });
    const onLeft = (handler: string) => process.stdout.write(`${handler} is left for later\n`);
    for (const { handler, bytes } of await bundleHandlers({
      ...values,
      onLeft,
      onProgress,
      signal: interrupted.signal,
    }))
      process.stdout.write(`${handler.padEnd(32)} ${String(Math.ceil(bytes / 1024)).padStart(6)} KB\n`);
  } catch (error) {
    process.exitCode = 1;
    // What is wrong in the sources esbuild has told already, place by place.
    const told = error instanceof Error && 'errors' in error;
    if (!told && !interrupted.signal.aborted) throw error;
  }
}

if (import.meta.main) await main();
