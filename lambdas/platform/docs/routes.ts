import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { ApiAnswer } from '#kit/api/api-response.ts';
import { choiceParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { docsRoutes } from './contract.ts';
import { type DocsFile, type DocsFileName, docsContentTypes, docsFileNames } from './files.ts';

export interface DocsPorts {
  readonly file: (name: DocsFileName) => DocsFile;
}

interface RequestHeaders {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

// Everything comes from the page itself: no script, style or request of another host, and no frame around it.
const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const safe = {
  'content-security-policy': contentSecurity,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

// A file that a browser has is asked for again, and answered 304 while it is the same: a deployment shows at once.
const caching = { 'cache-control': 'no-cache', vary: 'accept-encoding' };

const unchanged = z.undefined().describe('It is what If-None-Match names.');

const openApi = z.record(z.string(), z.unknown()).describe('An OpenAPI 3.1 document.');

const page = route({
  summary: 'Shows this documentation, with forms that try it',
  permission: 'none',
  answers: { 200: z.string().meta({ contentTypes: ['text/html'], description: 'The page.' }), 304: unchanged },
  handle: async ({ event }, ports: DocsPorts) => fileAnswer('index.html', event, ports),
});

const asset = route({
  summary: 'Serves what the page is made of',
  permission: 'none',
  path: z.object({ file: choiceParameter(docsFileNames) }),
  answers: { 200: z.unknown().meta({ contentTypes: docsContentTypes, description: 'The file.' }), 304: unchanged },
  handle: async ({ path, event }, ports: DocsPorts) => fileAnswer(path.file, event, ports),
});

const document = route({
  summary: 'Tells all routes as an OpenAPI 3.1 document',
  permission: 'none',
  answers: { 200: openApi, 304: unchanged },
  handle: async ({ event }, ports: DocsPorts) => fileAnswer('openapi.json', event, ports),
});

/** The documentation; the same under both prefixes, for its own links are relative. */
export const docsApi = {
  'GET /docs': page,
  'GET /docs/{file}': asset,
  'GET /openapi.json': document,
  'GET /api/v1/docs': page,
  'GET /api/v1/docs/{file}': asset,
  'GET /api/v1/openapi.json': document,
} satisfies Record<(typeof docsRoutes)[number], Route<DocsPorts>>;

function fileAnswer(name: DocsFileName, { headers }: RequestHeaders, { file }: DocsPorts): ApiAnswer {
  const { contentType, gzipped, etag } = file(name);
  const told = { ...safe, ...caching, etag, 'content-type': contentType };
  if (headers['if-none-match']?.includes(etag)) return { status: 304, body: '', headers: told };
  if (!/\bgzip\b/.test(headers['accept-encoding'] ?? ''))
    return { status: 200, body: gunzipSync(gzipped), headers: told };
  return { status: 200, body: gzipped, headers: { ...told, 'content-encoding': 'gzip' } };
}
