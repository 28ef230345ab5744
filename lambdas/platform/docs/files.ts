import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const contentTypes = {
  'index.html': 'text/html; charset=utf-8',
  'openapi.json': 'application/json; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-bundle.js.LICENSE.txt': 'text/plain; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

export type DocsFileName = keyof typeof contentTypes;

/** Every file of the page. */
export const docsFileNames = Object.keys(contentTypes) as [DocsFileName, ...DocsFileName[]];

/** Their media types. */
export const docsContentTypes = [...new Set(Object.values(contentTypes).map((type) => type.split(';')[0]))];

/** One file of the page as it is sent. */
export interface DocsFile {
  readonly contentType: string;
  readonly gzipped: Uint8Array;
  /** Changes with its content. */
  readonly etag: string;
}

const read = new Map<DocsFileName, DocsFile>();

/** One of them, from beside the handler's code, where the bundler puts them (bin/docs-page.ts). */
export function docsFile(name: DocsFileName): DocsFile {
  const known = read.get(name);
  if (known) return known;
  const gzipped = readFileSync(new URL(`./${name}.gz`, import.meta.url));
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url').slice(0, 22)}"`;
  const file = { contentType: contentTypes[name], gzipped, etag };
  read.set(name, file);
  return file;
}
