import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { type ApiAnswer, problem } from '#kit/api/api-response.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { consoleRoutes } from './contract.ts';
import { consoleContentTypes, type FindFile } from './files.ts';

export interface ConsolePorts {
  readonly file: FindFile;
  /** Origins that the application uploads files to. */
  readonly uploads: () => Promise<readonly string[]>;
}

interface RequestHeaders {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** All is the application's own but for uploads: no script or style of another host, nothing written into the page, no frame. */
function contentSecurity(uploads: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Previews of objects and pictures of results are made in the page.
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...uploads].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const safe = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

const yearSeconds = 365 * 24 * 60 * 60;

// The name of a file below assets/ holds the digest of its content: under one name it never changes.
const hashedNames = /^assets\//;

// How long a page that waits for the build looks again; a build takes some 20 s.
const lookAgainSeconds = 3;

const page = z.string().meta({ contentTypes: ['text/html'], description: 'The page.' });
const unchanged = z.undefined().describe('It is what If-None-Match names.');
const building = z
  .string()
  .meta({ contentTypes: ['text/html'], description: 'It is being built; the page asks again.' });

const elsewhere = z.string().meta({ contentTypes: ['text/plain'], description: 'The console is there.' });

const start = route({
  summary: 'Leads to the console',
  permission: 'none',
  answers: { 302: elsewhere },
  handle: async () => ({
    status: 302,
    body: '',
    headers: {
      ...safe,
      'content-security-policy': contentSecurity([]),
      location: '/console',
      'content-type': 'text/plain',
    },
  }),
});

const home = route({
  summary: 'Shows the console',
  permission: 'none',
  answers: { 200: page, 304: unchanged, 503: building },
  handle: async ({ event }, ports: ConsolePorts) => answerOf('index.html', event, ports),
});

const file = route({
  summary: 'Shows a page of the console, or serves what it is made of',
  description: 'The console reads its own address; a path without a dot is one of its pages.',
  permission: 'none',
  path: z.object({ file: z.string().max(600) }),
  answers: {
    200: z.unknown().meta({ contentTypes: consoleContentTypes, description: 'The page, or the file.' }),
    // The address with nothing after its slash has no route: the fallback answers it.
    302: elsewhere,
    304: unchanged,
    503: building,
  },
  handle: async ({ path, event }, ports: ConsolePorts) =>
    answerOf(isFile(path.file) ? path.file : 'index.html', event, ports),
});

/** The console: every address that is not a file shows the application, which knows its own addresses. */
export const consoleApi = {
  'GET /': start,
  'GET /console': home,
  'GET /console/{file+}': file,
} satisfies Record<(typeof consoleRoutes)[number], Route<ConsolePorts>>;

/** Names of runs and of files that people stored hold dots too; the application's own files are in two places. */
function isFile(name: string): boolean {
  return hashedNames.test(name) || /^[\w-]+\.(svg|txt)$/.test(name);
}

async function answerOf(
  name: string,
  { headers }: RequestHeaders,
  { file: find, uploads }: ConsolePorts,
): Promise<ApiAnswer> {
  const found = find(name);
  if (found === undefined) return problem(404, 'Not Found', `The console has no file ${name}.`);
  if (found === 'building') return waitingPage;
  const { contentType, gzipped, etag } = found;
  const caching = hashedNames.test(name) ? `public, max-age=${yearSeconds}, immutable` : 'no-cache';
  const policy = contentSecurity(await uploads());
  const told = {
    ...safe,
    'content-security-policy': policy,
    'cache-control': caching,
    vary: 'accept-encoding',
    etag,
    'content-type': contentType,
  };
  if (headers['if-none-match']?.includes(etag)) return { status: 304, body: '', headers: told };
  if (!/\bgzip\b/.test(headers['accept-encoding'] ?? ''))
    return { status: 200, body: gunzipSync(gzipped), headers: told };
  return { status: 200, body: gzipped, headers: { ...told, 'content-encoding': 'gzip' } };
}

const waitingPage: ApiAnswer = {
  status: 503,
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="${lookAgainSeconds}">
<meta name="viewport" content="width=device-width"><title>Millrace</title></head>
<body><p>The console is being built; this page looks again by itself. 控制台正在构建，本页会自动刷新。</p></body></html>`,
  headers: {
    ...safe,
    'content-security-policy': contentSecurity([]),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(lookAgainSeconds),
  },
};
