import { globSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { build } from 'esbuild';
import { copyAssets } from './bundle-assets.ts';
import { replaceFolder } from './replace-folder.ts';

const output = 'build/handlers';
const suffix = '.handler.ts';

// CommonJS packages inside an ES module still call require() of Node's own modules.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** One bundled handler. */
export interface Bundle {
  /** `platform/send-mail`. */
  readonly handler: string;
  /** Size of the code, without its source map. */
  readonly bytes: number;
}

// esbuild keeps all outputs of a run in memory until the last is printed, some 45 MB for each handler: all 50 at once took
// 2.1 GB, more than everything else that `npm start` runs. Ten at a time take 0.7 GB, and a fifth more processor time,
// since what they share is parsed anew.
const handlersARun = 10;

// esbuild is a Go program and collects its garbage late. This limit is soft: it costs 0.2 s and saves 0.2 GB.
const memoryLimit = '550MiB';

/** Bundles every `lambdas/<workload>/<name>.handler.ts` into `build/handlers/<workload>/<name>/index.mjs`. */
export async function bundleHandlers(): Promise<readonly Bundle[]> {
  const handlers = globSync(`lambdas/*/*${suffix}`)
    .map((file) => file.replaceAll('\\', '/').slice('lambdas/'.length, -suffix.length))
    .sort();
  const unfinished = `${output}.new-${process.pid}`;
  process.env.GOMEMLIMIT ??= memoryLimit;
  for (let next = 0; next < handlers.length; next += handlersARun)
    await bundle(handlers.slice(next, next + handlersARun), unfinished);
  await replaceFolder(unfinished, output);
  return Promise.all(
    handlers.map(async (handler) => ({ handler, bytes: (await stat(`${output}/${handler}/index.mjs`)).size })),
  );
}

async function bundle(handlers: readonly string[], outdir: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: handlers.map((handler) => ({ in: `lambdas/${handler}${suffix}`, out: `${handler}/index` })),
    outdir,
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
    metafile: true,
    // Optional in pg and in the Kafka client, and native.
    external: ['pg-native', '@node-rs/crc32'],
    // The same WebAssembly as text inside the module: beside a bundle there is no file to read.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
  });
  await copyAssets(metafile);
}

if (import.meta.main) {
  try {
    for (const { handler, bytes } of await bundleHandlers())
      process.stdout.write(`${handler.padEnd(32)} ${String(Math.ceil(bytes / 1024)).padStart(6)} KB\n`);
  } catch (error) {
    // What is wrong in the sources esbuild has told already, place by place.
    if (!(error instanceof Error && 'errors' in error)) throw error;
    process.exitCode = 1;
  }
}
