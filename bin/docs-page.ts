import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { documentedFiles } from './openapi/parts.ts';
import { documentText } from './openapi/text.ts';

const swaggerUi = 'node_modules/swagger-ui-dist';

/**
 * Writes the documentation page, each file compressed once: Swagger UI as it is shipped, what is ours, the document.
 * Resolves to what they were made of.
 */
export async function writeDocsPage(folder: string): Promise<readonly string[]> {
  const shipped = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
  const own = ['index.html', 'page.css'].map((name) => path.join('docs-page', name));
  const [script, documented] = await Promise.all([pageScript(), documentInputs()]);
  const files = new Map<string, string | Uint8Array>([
    ['openapi.json', documentText()],
    ['page.js', script.code],
    ['swagger-ui-bundle.js.LICENSE.txt', await licenses()],
  ]);
  for (const file of own) files.set(path.basename(file), await readFile(file));
  for (const name of shipped) files.set(name, await readFile(path.join(swaggerUi, name)));
  for (const [name, content] of files)
    await writeFile(path.join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  return [...own, ...script.inputs, ...documented];
}

/** The routes, and whatever they import: their schemas are the document. */
async function documentInputs(): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: documentedFiles,
    bundle: true,
    write: false,
    metafile: true,
    outdir: '.',
    platform: 'node',
    format: 'esm',
    // Those follow from the lock file.
    packages: 'external',
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

async function pageScript(): Promise<{ readonly code: Uint8Array; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: ['docs-page/page.ts'],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), inputs: Object.keys(metafile.inputs) };
}

async function licenses(): Promise<string> {
  const files = ['NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'].map((name) => path.join(swaggerUi, name));
  const texts = await Promise.all(
    [...files, 'node_modules/@noble/hashes/LICENSE'].map((file) => readFile(file, 'utf8')),
  );
  return texts.join('\n\n');
}
