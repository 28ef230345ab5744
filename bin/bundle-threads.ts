import { type BuildOptions, build, type OutputFile } from 'esbuild';

/** Modules that start a thread, and the file it starts with: `new URL('./name.mjs', import.meta.url)` beside a bundle. */
const threads: Readonly<Record<string, string>> = {
  'lambdas/pages/extraction/page-thread.ts': 'lambdas/pages/extraction/page-worker.ts',
};

/** Module -> the files that must stand beside each bundle with that module in it. */
export type ThreadFiles = ReadonlyMap<string, readonly OutputFile[]>;

/** Bundles what threads start with, once for all handlers. */
export async function bundleThreads(options: BuildOptions): Promise<ThreadFiles> {
  const all = Object.entries(threads).map(async ([module, entry]) => {
    const { outputFiles } = await build({ ...options, entryPoints: [entry], outdir: '.', write: false });
    return [module, outputFiles] as const;
  });
  return new Map(await Promise.all(all));
}
