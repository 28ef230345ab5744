import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HttpLimits, type HttpResponse, httpClient } from '#adapters/http.ts';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server;
let url: string;
let asked: { at: number; headers: IncomingMessage['headers'] }[];
/** The nth request gets the nth answer, all further ones the last. */
let answers: Answer[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ at: performance.now(), headers: request.headers });
    void answers[Math.min(asked.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.csv`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const limits: HttpLimits = {
  timeoutMs: 300,
  idleTimeoutMs: 300,
  totalTimeoutMs: 2000,
  maxBytes: 1_000_000,
  attempts: 1,
  firstWaitMs: 5,
  longestWaitMs: 40,
};

async function text({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const get = (changes: Partial<HttpLimits> = {}) => httpClient({ ...limits, ...changes })(url, text);
const say: (body: string) => Answer = (body) => (_request, response) => response.end(body);

test('status, type and bytes arrive as the site sent them', async () => {
  answers = [
    (_request, response) =>
      response
        .writeHead(404, { 'content-type': 'Text/HTML; Charset=Big5', date: 'Sun, 11 Sep 2022 02:00:00 GMT' })
        .end('沒有'),
  ];
  const seen = await httpClient(limits)(url, async (response) => ({ ...response, body: await text(response) }));

  expect(seen).toEqual({
    status: 404,
    contentType: 'text/html; charset=big5',
    date: new Date('2022-09-11T02:00:00Z'),
    body: '沒有',
  });
  expect(asked[0]?.headers).toMatchObject({
    'accept-encoding': 'identity',
    'user-agent': expect.stringContaining('Millrace'),
  });
});

test.each([204, 304])('a %i has an empty body and no type', async (status) => {
  answers = [(_request, response) => response.writeHead(status).end()];

  expect(await httpClient(limits)(url, async (r) => [r.status, r.contentType, await text(r)])).toEqual([
    status,
    '',
    '',
  ]);
});

test('a site that never answers is given up after the timeout', async () => {
  answers = [() => undefined];

  await expect(get()).rejects.toThrow(new TransientError(`${url}: no answer after 300 ms`, { fault: 'Timeout' }));
});

test('a body that falls silent is given up after the idle timeout', async () => {
  answers = [(_request, response) => response.write('half a row')];

  await expect(get()).rejects.toThrow(
    new TransientError(`${url}: silent for 300 ms inside the body`, { fault: 'Timeout' }),
  );
});

test('a reader that takes its time is not taken for a silent site', async () => {
  answers = [say('x'.repeat(500_000))];
  const slowly = await httpClient(limits)(url, async ({ body }) => {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes < 200_000) await sleep(200);
    }
    return bytes;
  });

  expect(slowly).toBe(500_000);
});

test('a site that drips is given up after the total timeout', async () => {
  answers = [
    async (_request, response) => {
      while (!response.destroyed) {
        response.write('.');
        await sleep(50);
      }
    },
  ];

  await expect(get({ totalTimeoutMs: 600 })).rejects.toThrow(
    new TransientError(`${url}: not done after 600 ms`, { fault: 'Timeout' }),
  );
});

test('half a file and a reset, and then a good one, are a good one', async () => {
  answers = [
    (_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('12345', () => response.socket?.resetAndDestroy());
    },
    say('1234567890'),
  ];

  expect(await get({ attempts: 2 })).toBe('1234567890');
  expect(asked).toHaveLength(2);
});

test.each([
  ['shorter than it said', 'content-length', '10'],
  ['cut off between chunks', 'transfer-encoding', 'chunked'],
])('a body that is %s is an error, never a short file', async (_name, header, value) => {
  answers = [
    (_request, response) => {
      response.writeHead(200, { [header]: value });
      response.write('12345', () => response.socket?.end());
    },
  ];

  await expect(get()).rejects.toThrow(TransientError);
});

test('what the reader finds passing is tried again as often as it may be', async () => {
  answers = [say('down')];
  const client = httpClient({ ...limits, attempts: 6 });

  await expect(client(url, () => Promise.reject(new TransientError('500')))).rejects.toThrow('500');
  expect(asked).toHaveLength(6);
});

test('five refusals and then an answer are an answer', async () => {
  const busy: Answer = (_request, response) => response.writeHead(500).end('busy');
  answers = [busy, busy, busy, busy, busy, say('good')];
  const read = async (response: HttpResponse) => {
    if (response.status === 500) throw new ThrottledError('busy');
    return text(response);
  };

  expect(await httpClient({ ...limits, attempts: 6 })(url, read)).toBe('good');
});

test.each([new PermanentError('not a CSV'), new RangeError('ours')])('%o is not tried again', async (error) => {
  answers = [say('strange')];

  await expect(httpClient({ ...limits, attempts: 5 })(url, () => Promise.reject(error))).rejects.toBe(error);
  expect(asked).toHaveLength(1);
});

test('the waits grow, differ and stay below their bound', async () => {
  answers = [say('down')];
  const client = httpClient({ ...limits, attempts: 14, firstWaitMs: 20, longestWaitMs: 100 });
  await expect(client(url, () => Promise.reject(new TransientError('no')))).rejects.toThrow('no');
  const waits = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));

  expect(waits[0]).toBeGreaterThanOrEqual(19);
  expect(waits[4]).toBeGreaterThanOrEqual(95);
  // Without the bound the last would be of 80 s.
  expect(waits).toHaveLength(13);
  expect(Math.max(...waits)).toBeLessThan(60_000);
});

test('a body over the limit is refused while it arrives, not tried again, and its connection is closed', async () => {
  let sent = 0;
  let closed = false;
  answers = [
    async (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      while (!response.destroyed && sent < 50_000_000) {
        sent += 64_000;
        if (!response.write(Buffer.alloc(64_000))) await sleep(1);
      }
    },
  ];

  await expect(get({ attempts: 3 })).rejects.toThrow(
    new PermanentError(`${url}: larger than 1000000 bytes`, { fault: 'TooLarge' }),
  );
  await sleep(100);
  expect(closed).toBe(true);
  expect(sent).toBeLessThan(50_000_000);
  expect(asked).toHaveLength(1);
});

test('the limit counts what a packed body unpacks to', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  answers = [(_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)];

  expect(bomb.length).toBeLessThan(limits.maxBytes);
  await expect(get()).rejects.toThrow(PermanentError);
});

test('a reader that leaves early keeps no connection', async () => {
  let closed = false;
  answers = [
    async (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      while (!response.destroyed) {
        response.write('more');
        await sleep(10);
      }
    },
  ];
  const status = await httpClient(limits)(url, async (response) => response.status);
  await sleep(100);

  expect(status).toBe(200);
  expect(closed).toBe(true);
});

test('a redirect is followed, and one in a circle ends', async () => {
  const redirect: Answer = (_request, response) => response.writeHead(302, { location: '/other.csv' }).end();
  answers = [redirect, say('moved')];
  expect(await get()).toBe('moved');

  answers = [redirect];
  asked = [];
  const other = url.replace('file', 'other');
  await expect(get()).rejects.toThrow(
    new TransientError(`${url}: redirected more than 5 times, at last to ${other}`, { fault: 'RedirectLoop' }),
  );
  expect(asked).toHaveLength(6);
});

test.each(['file:///etc/passwd', 'ftp://elsewhere/file.csv', 'http://'])(
  'a redirect to %s is refused',
  async (location) => {
    answers = [(_request, response) => response.writeHead(301, { location }).end()];

    await expect(get()).rejects.toThrow(
      new TransientError(`${url}: redirected to what is no web address: ${location}`),
    );
    expect(asked).toHaveLength(1);
  },
);

test('a redirect that names no place is the answer', async () => {
  answers = [(_request, response) => response.writeHead(304).end()];

  expect(await httpClient(limits)(url, async ({ status }) => status)).toBe(304);
});

test('a body whose length is said to be over the limit is not even begun', async () => {
  let closed = false;
  answers = [
    (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-length': '5000000000' }).write('1');
    },
  ];
  const read = vi.fn(text);

  await expect(httpClient({ ...limits, attempts: 3 })(url, read)).rejects.toThrow(
    new PermanentError(`${url}: 5000000000 bytes, which is larger than 1000000 bytes`, { fault: 'TooLarge' }),
  );
  expect(read).not.toHaveBeenCalled();
  await expect.poll(() => closed).toBe(true);
  expect(asked).toHaveLength(1);
});

test('a site that refuses connections is passing trouble', async () => {
  const nowhere = url;
  await new Promise((resolve) => server.close(resolve));

  await expect(httpClient(limits)(nowhere, text)).rejects.toThrow(`${nowhere}: nobody listens there (ECONNREFUSED)`);
  await expect(httpClient(limits)(nowhere, text)).rejects.toThrow(TransientError);
});
