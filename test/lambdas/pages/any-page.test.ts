import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageFetcher } from '#adapters/public-http/fetch-page.ts';
import { readingLimits } from '#pages/contract.ts';
import { pageExtractor } from '#pages/extraction/page-extractor.ts';
import { pageReader } from '#pages/page-reader.ts';
import type { PageRecord } from '#pages/ports.ts';

/** Whatever a site answers, its page is read or failed: an error would send the message back, and stop the host's others. */

let server: Server;
let answer: Buffer;
const kept = new Map<string, PageRecord>();

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
});

const port = () => (server.address() as { port: number }).port;
const extract = pageExtractor({ ...readingLimits, processorMs: 500 });

function read(path: string): Promise<PageRecord> {
  const limits = { timeoutMs: 10_000, redirects: 2, maxBytes: 300_000, allowed: [`127.0.0.1:${port()}`] };
  const reader = pageReader(
    {
      fetch: pageFetcher(limits),
      extract,
      cache: { get: async () => undefined, put: async (record) => void kept.set(record.url, record) },
      clock: () => new Date(),
    },
    { keptBytes: 10_000, freshMs: 1, failedFreshMs: 1 },
  );
  return reader(`http://127.0.0.1:${port()}/${path}`);
}

const names = [
  'p',
  'div',
  'b',
  'font',
  'a',
  'li',
  'table',
  'tr',
  'td',
  'svg',
  'math',
  'template',
  'noscript',
  'textarea',
];
const moreNames = [
  'title',
  'head',
  'body',
  'html',
  'script',
  'style',
  'select',
  'option',
  'iframe',
  'plaintext',
  'h1',
  'img',
];
const name = fc.constantFrom(...names, ...moreNames);
const attribute = fc.constantFrom(
  ' hidden',
  ' style="display:none;visibility: hidden"',
  ' id="js_content" class="rich_media_content"',
  ' aria-hidden=true role="dialog"',
  ' src="data:,x" data-src=\'"',
  ' =<',
);
const odd = fc.constantFrom(
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '&#xd800;',
  '&#0;',
  '&amp',
  '\0',
  '\u2028',
  '\ufffe',
  '\x1b$)A\x0e',
  '~{',
);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constant('渡轮公司周二表示，停航半年的渡轮将于下周恢复航行。'),
  odd,
);
const piece = fc.oneof(
  fc.tuple(name, attribute).map(([tag, mark]) => `<${tag}${mark}>`),
  name.map((tag) => `</${tag}>`),
  text,
  text.map((said) => `<script type="application/ld+json">{"articleBody":${JSON.stringify(said.repeat(9))}}</script>`),
);
const markup = fc
  .tuple(fc.array(piece, { maxLength: 25 }), fc.constantFrom(1, 1, 1, 40, 2000))
  .map(([pieces, times]) => Buffer.from(pieces.join('').repeat(times).slice(0, 250_000)));
const body = fc.oneof(
  { weight: 4, arbitrary: markup },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map(Buffer.from) },
);
const type = fc.constantFrom(
  'text/html',
  'text/html; charset=hz-gb-2312',
  'text/html; charset=iso-2022-kr',
  'text/html;charset=utf-16',
  'text/plain',
  '',
  'text/html; charset=gbk',
  'text/html; charset="',
);
const encoding = fc.constantFrom('', '', '', 'gzip', 'br', 'deflate', 'zstd', 'gzip, gzip');
const head = fc.constantFrom(
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.0 200',
  'HTTP/1.1 302 x\r\nlocation: /%zz',
  'HTTP/1.1 101 x',
  'HTTP/1.1 204 x',
  '',
);

test('whatever a site answers, its page is read or failed', async () => {
  await fc.assert(
    fc.asyncProperty(head, type, encoding, body, fc.boolean(), async (status, contentType, coding, bytes, honest) => {
      const sent = coding === 'gzip' && honest ? gzipSync(bytes) : bytes;
      answer = Buffer.concat([
        Buffer.from(`${status}\r\ncontent-type: ${contentType}\r\ncontent-encoding: ${coding}\r\n\r\n`),
        sent,
      ]);
      const record = await read('any');

      expect(['read', 'failed']).toContain(record.state);
      expect(JSON.stringify(record).isWellFormed()).toBe(true);
      if (record.state === 'read') expect(`${record.content}${record.html}${record.title}`.isWellFormed()).toBe(true);
      expect(kept.get(record.url)).toEqual(record);
    }),
    { numRuns: 60, verbose: 1 },
  );
});

test('whatever URL a message has, its page is read or failed', async () => {
  answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>text');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ unit: 'binary' }), fc.webPath(), fc.constantFrom('%', '\ud800', '\0', '?#', '\\')),
      async (path) => {
        expect(['read', 'failed']).toContain((await read(path)).state);
      },
    ),
    { numRuns: 40, verbose: 1 },
  );
});
