import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type OutputFile } from 'esbuild';

/** How a module names the program of a thread or a process that it starts: `name.ts` stands beside it, `name.mjs` beside a bundle. */
const started = /new URL\('\.\/([\w-]+)\.mjs', import\.meta\.url\)/g;

/** The programs that one module starts, bundled. */
export interface Programs {
  readonly files: readonly OutputFile[];
  /** What they were made of. */
  readonly inputs: readonly string[];
}

/** By the module that starts them: what must stand beside each bundle with that module in it. */
export type ProgramsByModule = ReadonlyMap<string, () => Promise<Programs>>;

/** The programs that modules of handlers start: each is bundled when it is first asked for, once for all handlers. */
export function programsOf(options: BuildOptions): ProgramsByModule {
  const modules = globSync('lambdas/**/*.ts').map((file) => file.replaceAll('\\', '/'));
  const starting = modules.flatMap((module) => {
    const names = [...readFileSync(module, 'utf8').matchAll(started)].map(([, name]) => `${name}.ts`);
    return names.length === 0 ? [] : [{ module, entries: names.map((name) => path.join(path.dirname(module), name)) }];
  });
  return new Map(
    starting.map(({ module, entries }) => {
      let made: Promise<Programs> | undefined;
      return [
        module,
        () => {
          made ??= bundled(entries, options);
          return made;
        },
      ];
    }),
  );
}

async function bundled(entryPoints: string[], options: BuildOptions): Promise<Programs> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints,
    outdir: '.',
    write: false,
    metafile: true,
  });
  return { files: outputFiles, inputs: Object.keys(metafile.inputs) };
}
