import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { writeDocsPage } from './docs-page.ts';

/** Files of packages that a module reads at run time; in a bundle they stand beside the code. */
const assets: Readonly<Record<string, string>> = {
  'lambdas/language/segmenter.ts': 'node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm',
};

// Those that stand beside the module say so themselves.
const beside = /new URL\('\.\/([\w.-]+)', import\.meta\.url\)/g;

const docsModule = 'lambdas/platform/docs/files.ts';

/** Puts beside each bundle the files that the modules in it read. */
export async function copyAssets({ outputs }: Metafile): Promise<void> {
  for (const [output, { inputs }] of Object.entries(outputs)) {
    for (const module of Object.keys(inputs).filter((input) => input.startsWith('lambdas/')))
      for (const file of await filesOf(module))
        await copyFile(file, path.join(path.dirname(output), path.basename(file)));
    if (docsModule in inputs) await writeDocsPage(path.dirname(output));
  }
}

async function filesOf(module: string): Promise<readonly string[]> {
  const named = [...(await readFile(module, 'utf8')).matchAll(beside)];
  const own = named.map(([, name = '']) => path.join(path.dirname(module), name));
  return module in assets ? [...own, assets[module] ?? ''] : own;
}
