import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PageLimits, pageFetcher } from '#adapters/public-http/fetch-page.ts';
import { PageError, type PageFault } from '#kit/pages/page-error.ts';

let server: Server;
let port: number;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    return answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const limits = (): PageLimits => ({
  timeoutMs: 10_000,
  redirects: 5,
  maxBytes: 100_000,
  allowed: [`127.0.0.1:${port}`],
});
const page = (path = '/', changes: Partial<PageLimits> = {}) =>
  pageFetcher({ ...limits(), ...changes })(`http://127.0.0.1:${port}${path}`);
const html = { 'content-type': 'Text/HTML; Charset=Big5' };

async function reasonOf(fetched: Promise<unknown>): Promise<PageFault | 'fetched'> {
  try {
    await fetched;
    return 'fetched';
  } catch (error) {
    if (error instanceof PageError) return error.reason;
    throw error;
  }
}

test('type and bytes arrive as the site sent them', async () => {
  answer = (_request, response) => response.writeHead(200, html).end(Buffer.from([0xa4, 0xa4]));

  expect(await page('/a')).toEqual({
    url: `http://127.0.0.1:${port}/a`,
    contentType: 'text/html; charset=big5',
    body: Buffer.from([0xa4, 0xa4]),
  });
});

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['gzip, br', (text: Buffer) => brotliCompressSync(gzipSync(text))],
  ['identity', (text: Buffer) => text],
])('a body in %s is decoded', async (encoding, compress) => {
  answer = (_request, response) =>
    response.writeHead(200, { ...html, 'content-encoding': encoding }).end(compress(Buffer.from('<p>text</p>')));

  expect(Buffer.from((await page()).body).toString()).toBe('<p>text</p>');
});

const bombs: Readonly<Record<string, (zeros: Buffer) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  'gzip, gzip': (zeros) => gzipSync(gzipSync(zeros)),
};

test.each(Object.entries(bombs))('a bomb in %s is stopped at the limit', async (encoding, compress) => {
  const body = compress(Buffer.alloc(30_000_000));
  answer = (_request, response) => response.writeHead(200, { ...html, 'content-encoding': encoding }).end(body);

  expect(await reasonOf(page())).toBe('TooLarge');
});

test.each([
  ['cut short', 'gzip', () => gzipSync(randomBytes(5000)).subarray(0, 3000)],
  ['not compressed', 'br', () => Buffer.from('plainly not compressed at all')],
  ['not compressed', 'zstd', () => Buffer.from('plainly not compressed at all')],
  ['encoded by nothing known', 'rot13', () => Buffer.from('cynva')],
  ['encoded three times', 'gzip, gzip, gzip', () => gzipSync(gzipSync(gzipSync('x')))],
])('a body %s (%s) has a bad encoding', async (_how, encoding, body) => {
  answer = (_request, response) => response.writeHead(200, { ...html, 'content-encoding': encoding }).end(body());

  expect(await reasonOf(page())).toBe('BadEncoding');
});

test('a page above the limit is too large, also when it comes without a length', async () => {
  answer = (_request, response) => {
    response.writeHead(200, html);
    for (let chunk = 0; chunk < 11; chunk += 1) response.write(Buffer.alloc(10_000, 'x'));
    response.end();
  };

  expect(await reasonOf(page())).toBe('TooLarge');
});

test.each([204, 200])('an empty page (%i) is a page', async (status) => {
  answer = (_request, response) => response.writeHead(status, html).end();

  expect((await page()).body.byteLength).toBe(0);
});

test.each([301, 302, 303, 307, 308])('a redirect by %i is followed', async (status) => {
  answer = ({ url }, response) =>
    url === '/to' ? response.writeHead(200, html).end('there') : response.writeHead(status, { location: '/to' }).end();

  expect((await page('/from')).url).toBe(`http://127.0.0.1:${port}/to`);
  expect(asked).toEqual(['/from', '/to']);
});

test('five redirects are followed, six are too many', async () => {
  answer = ({ url = '' }, response) => {
    const left = Number(url.slice(1));
    return left === 0
      ? response.writeHead(200, html).end('there')
      : response.writeHead(302, { location: `/${left - 1}` }).end();
  };

  expect(await reasonOf(page('/5'))).toBe('fetched');
  expect(await reasonOf(page('/6'))).toBe('TooManyRedirects');
});

test.each([
  ['an error of the site', 500, html, 'HttpError'],
  ['a page that is gone', 404, html, 'HttpError'],
  ['a redirect to nowhere', 302, {}, 'HttpError'],
  ['a picture', 200, { 'content-type': 'image/png' }, 'NotText'],
  ['a program', 200, { 'content-type': 'application/octet-stream' }, 'NotText'],
  ['text without a type', 200, {}, 'fetched'],
  ['XHTML', 200, { 'content-type': 'application/xhtml+xml' }, 'fetched'],
] as const)('%s is told apart', async (_what, status, headers, reason) => {
  answer = (_request, response) => response.writeHead(status, headers).end('body');

  expect(await reasonOf(page())).toBe(reason);
});

test('a site that never answers, drips, or redirects slowly takes no longer than the whole time', async () => {
  const drip = (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, html);
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  };
  const slowly = (_request: IncomingMessage, response: ServerResponse) =>
    setTimeout(() => response.writeHead(302, { location: '/on' }).end(), 150);

  for (const slow of [() => undefined, drip, slowly]) {
    answer = slow;
    expect(await reasonOf(page('/', { timeoutMs: 400 }))).toBe('Timeout');
  }
});

test('a connection that is refused or cut is told apart', async () => {
  answer = ({ socket }) => socket.destroy();
  expect(await reasonOf(page())).toBe('NetworkError');

  answer = (_request, response) => {
    response.writeHead(200, { ...html, 'content-length': '1000' }).write('half');
    setTimeout(() => response.destroy(), 20);
  };
  expect(await reasonOf(page())).toBe('NetworkError');

  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port: free } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const fetched = pageFetcher({ ...limits(), allowed: [`127.0.0.1:${free}`] })(`http://127.0.0.1:${free}/`);
  expect(await reasonOf(fetched)).toBe('ConnectionRefused');
});

/** Sites that speak HTTP in ways of their own: the bytes they answer with. */
const odd: Readonly<Record<string, readonly [bytes: string, reason: PageFault | 'fetched']>> = {
  'another protocol': ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'NetworkError'],
  'HTTP/0.9': ['<p>text</p>', 'NetworkError'],
  'no HTTP': ['SSH-2.0-OpenSSH_9\r\n', 'NetworkError'],
  'a head without an end': [`HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}`, 'NetworkError'],
  'a header of its own length': [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 'NetworkError'],
  'two lengths': ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 'NetworkError'],
  'chunks that are none': ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\ntext', 'NetworkError'],
  'a chunk cut short': ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\ntext', 'NetworkError'],
  'many notices before the answer': [
    `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(2000)}HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na`,
    'fetched',
  ],
  'an unknown status': ['HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n', 'HttpError'],
  'a redirect to no URL': ['HTTP/1.1 302 Found\r\nlocation: http://[\r\n\r\n', 'InvalidUrl'],
  'a redirect to a file': ['HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\n\r\n', 'InvalidUrl'],
  'a length beyond all': ['HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\na', 'NetworkError'],
  'a type of its own': ['HTTP/1.1 200 OK\r\ncontent-type: ;;;charset=\r\ncontent-length: 1\r\n\r\na', 'fetched'],
};

test.each(Object.entries(odd))('a site that answers with %s is told apart', async (_what, [bytes, reason]) => {
  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(bytes, 'latin1'));
  });

  expect(await reasonOf(page())).toBe(reason);
});

test('a redirect whose URL is in UTF-8 as it is leads there', async () => {
  answer = ({ url }, response) =>
    url === '/from'
      ? response.writeHead(302, { location: Buffer.from('/渡轮').toString('latin1') }).end()
      : response.writeHead(200, html).end('there');

  expect((await page('/from')).url).toBe(`http://127.0.0.1:${port}${encodeURI('/渡轮')}`);
});

test('a name that nobody has is a DNS error', async () => {
  expect(await reasonOf(pageFetcher(limits())('http://nobody.invalid/'))).toBe('DnsError');
});
