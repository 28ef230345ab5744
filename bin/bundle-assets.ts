import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import type { ProgramsByModule } from './bundle-programs.ts';

/** Files of packages that a module reads at run time; in a bundle they stand beside the code. */
const assets: Readonly<Record<string, string>> = {
  'lambdas/language/names.ts': 'node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm',
};

// Those that stand beside the module say so themselves.
const beside = /new URL\('\.\/([\w.-]+)', import\.meta\.url\)/g;

// WebAssembly of packages: a module names it where it is when nothing is bundled.
const packaged = /import\.meta\.resolve\('([^']+\.wasm)'\)/g;

const docsModule = 'lambdas/platform/docs/files.ts';

/**
 * Puts beside each bundle the files that the modules in it read, and the programs that they start. Resolves to all that
 * went into each folder.
 */
export async function copyAssets(
  { outputs }: Metafile,
  programs: ProgramsByModule,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const made = new Map<string, readonly string[]>();
  for (const [output, { inputs }] of Object.entries(outputs)) {
    const folder = path.dirname(output);
    const started = await Promise.all(
      [...programs].flatMap(([module, programsOfIt]) => (module in inputs ? [programsOfIt()] : [])),
    );
    for (const { files } of started)
      for (const { path: file, contents } of files) await writeFile(path.join(folder, path.basename(file)), contents);
    const modules = new Set([...Object.keys(inputs), ...started.flatMap((made) => made.inputs)]);
    const own = [...modules].filter((input) => input.startsWith('lambdas/') && !programs.has(input));
    const read = (await Promise.all(own.map(filesOf))).flat();
    for (const file of read) await copyFile(file, path.join(folder, path.basename(file)));
    const documented = docsModule in inputs ? await addDocsPage(folder) : [];
    const all = [...modules, ...documented, ...read.map((file) => path.relative('.', file))];
    if (output.endsWith('.mjs')) made.set(folder, all);
  }
  return made;
}

/** It loads every route there is: only where the documentation is made anew. */
async function addDocsPage(folder: string): Promise<readonly string[]> {
  const { writeDocsPage } = await import('./docs-page.ts');
  return writeDocsPage(folder);
}

async function filesOf(module: string): Promise<readonly string[]> {
  const text = await readFile(module, 'utf8');
  const own = [...text.matchAll(beside)].map(([, name = '']) => path.join(path.dirname(module), name));
  const others = [...text.matchAll(packaged)].map(([, name = '']) => fileURLToPath(import.meta.resolve(name)));
  return [...own, ...others, ...(module in assets ? [assets[module] ?? ''] : [])];
}
