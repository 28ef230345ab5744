import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageFetcher } from '#adapters/public-http/fetch-page.ts';
import { publicLookup } from '#adapters/public-http/public-address.ts';
import { PageError, type PageFault } from '#kit/pages/page-error.ts';

let server: Server;
let port: number;
let connections: number;
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  // On every address of this machine, so that each hostile way to name it would arrive.
  await new Promise<void>((resolve) => server.listen(0, resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { timeoutMs: 2000, redirects: 5, maxBytes: 100_000, allowed: [] };
const html = { 'content-type': 'text/html' };

async function reasonOf(fetched: Promise<unknown>): Promise<PageFault | 'fetched'> {
  try {
    await fetched;
    return 'fetched';
  } catch (error) {
    if (error instanceof PageError) return error.reason;
    throw error;
  }
}

/** Ways to name this machine or what no page may name; `PORT` is where the test listens. */
const hostile = [
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://127.255.255.254:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://１２７.0.0.1:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://localhost:PORT/',
  'http://LocalHost:PORT/',
  'http://LOCALHOST.:PORT/',
  'http://localhost.:PORT/',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
  'http://l%6fcalhost:PORT/',
  'http://ip6-localhost:PORT/',
  'http:\\\\127.0.0.1:PORT\\',
  'http:127.0.0.1:PORT/',
  ' http://127.0.0.1:PORT/ ',
  'ht\ntp://127.0.0.1:PORT/',
  'https://127.0.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.2/v2/credentials',
  'http://2852039166/latest/meta-data/',
  'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.0.1/',
  'http://100.64.0.1/',
  'http://100.100.100.200/latest/meta-data/',
  'http://192.0.0.192/opc/v2/instance/',
  'http://198.18.0.1/',
  'http://user:password@127.0.0.1:PORT/',
  'http://user@example.com/',
  'http://example.com@127.0.0.1:PORT/',
  'ftp://127.0.0.1:PORT/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/_GET',
  'data:text/html,<p>hello</p>',
  'javascript:alert(1)',
  'ws://127.0.0.1:PORT/',
  'blob:http://127.0.0.1:PORT/0',
  'unix:/var/run/docker.sock',
  '//127.0.0.1:PORT/',
  '/etc/passwd',
  'http://',
  'http://[',
  'http://%00/',
  '',
];

test.each(hostile)('%s reaches nothing', async (url) => {
  answer = (_request, response) => response.writeHead(200, html).end('secret');
  const fetch = pageFetcher(limits);

  expect(await reasonOf(fetch(url.replace('PORT', String(port))))).toMatch(/^(ForbiddenAddress|InvalidUrl|DnsError)$/);
  expect(connections).toBe(0);
});

test.each(hostile.filter((url) => /^\S*http/.test(url)))('a redirect to %s reaches nothing', async (url) => {
  const target = createServer((_request, response) => response.end('secret'));
  let reached = 0;
  target.on('connection', () => {
    reached += 1;
  });
  await new Promise<void>((resolve) => target.listen(0, resolve));
  const { port: inside } = target.address() as AddressInfo;
  const location = url.replace('PORT', String(inside)).trim();
  answer = (_request, response) =>
    response.writeHead(302, { location: Buffer.from(location).toString('latin1') }).end();

  try {
    const fetch = pageFetcher({ ...limits, allowed: [`127.0.0.1:${port}`] });
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/`))).not.toBe('fetched');
    expect(reached).toBe(0);
  } finally {
    target.closeAllConnections();
    target.close();
  }
});

test('a name that leads to a public and a private address is refused', async () => {
  const answers = [
    { address: '8.8.8.8', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  const dns = ((_host: string, _options: object, done: (error: null, all: typeof answers) => void) =>
    done(null, answers)) as never;
  const found = new Promise((resolve) => publicLookup(80, [], dns)('rebind.example', { all: true }, resolve));

  expect(await found).toMatchObject({ reason: 'ForbiddenAddress' });
});

test('a name is looked up once for each connection: what was checked is what is connected to', async () => {
  // A server of names that rebinds: first a public address, then this machine.
  const answers = [[{ address: '8.8.8.8', family: 4 }], [{ address: '127.0.0.1', family: 4 }]];
  let lookups = 0;
  const dns = ((_host: string, _options: object, done: (error: null, all: unknown) => void) => {
    done(null, answers[Math.min(lookups, 1)]);
    lookups += 1;
  }) as never;
  const lookup = publicLookup(80, [], dns);
  const first = await new Promise((resolve) => lookup('rebind.example', { all: true }, (_error, all) => resolve(all)));
  const second = await new Promise((resolve) => lookup('rebind.example', { all: true }, resolve));

  expect(first).toEqual(answers[0]);
  expect(second).toMatchObject({ reason: 'ForbiddenAddress' });
});

test('a name that was public when it was checked, and leads here when it is connected to, reaches nothing', async () => {
  let answered = '8.8.8.8';
  const dns = ((_host: string, _options: object, done: (error: null, all: unknown) => void) =>
    done(null, [{ address: answered, family: 4 }])) as never;
  const lookup = publicLookup(port, [], dns);
  await new Promise((resolve) => lookup('rebind.example', { all: true }, resolve));
  answered = '127.0.0.1';
  const connecting = new Promise((resolve) =>
    request(`http://rebind.example:${port}/`, { lookup }).once('error', resolve).once('response', resolve).end(),
  );

  expect(await connecting).toMatchObject({ reason: 'ForbiddenAddress' });
  expect(connections).toBe(0);
});
