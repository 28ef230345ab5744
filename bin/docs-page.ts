import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { documentText } from './openapi/text.ts';

const swaggerUi = 'node_modules/swagger-ui-dist';

/** Writes the documentation page, each file compressed once: Swagger UI as it is shipped, what is ours, the document. */
export async function writeDocsPage(folder: string): Promise<void> {
  const shipped = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
  const files = new Map<string, string | Uint8Array>([
    ['openapi.json', documentText()],
    ['page.js', await script()],
    ['swagger-ui-bundle.js.LICENSE.txt', await licenses()],
  ]);
  for (const name of ['index.html', 'page.css']) files.set(name, await readFile(path.join('docs-page', name)));
  for (const name of shipped) files.set(name, await readFile(path.join(swaggerUi, name)));
  for (const [name, content] of files)
    await writeFile(path.join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
}

async function script(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: ['docs-page/page.ts'],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

async function licenses(): Promise<string> {
  const files = ['NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'].map((name) => path.join(swaggerUi, name));
  const texts = await Promise.all(
    [...files, 'node_modules/@noble/hashes/LICENSE'].map((file) => readFile(file, 'utf8')),
  );
  return texts.join('\n\n');
}
