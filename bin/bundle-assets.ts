import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import type { ThreadFiles } from './bundle-threads.ts';
import { writeDocsPage } from './docs-page.ts';

/** Files that a module reads at run time, by `new URL('./name', import.meta.url)`: in a bundle they stand beside the code. */
const assets: Readonly<Record<string, string>> = {
  'lambdas/language/segmenter.ts': 'node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm',
  'lambdas/tagger/model/default-model.ts': 'lambdas/tagger/model/topics.model',
  'lambdas/tagger/rules/default-rules.ts': 'lambdas/tagger/rules/default-rules.json',
};

const docsModule = 'lambdas/platform/docs/files.ts';

/** Puts beside each bundle the files that the modules in it read, or start threads with. */
export async function copyAssets({ outputs }: Metafile, threads: ThreadFiles): Promise<void> {
  for (const [output, { inputs }] of Object.entries(outputs)) {
    for (const [module, file] of Object.entries(assets))
      if (module in inputs) await copyFile(file, path.join(path.dirname(output), path.basename(file)));
    for (const [module, files] of threads)
      if (module in inputs)
        for (const { path: file, contents } of files)
          await writeFile(path.join(path.dirname(output), path.basename(file)), contents);
    if (docsModule in inputs) await writeDocsPage(path.dirname(output));
  }
}
