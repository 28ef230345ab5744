import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type HttpResponse, httpClient } from '#adapters/http.ts';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';
import { type Answer, get, limits, say, siteForEachTest, text } from './http/site.ts';

const site = siteForEachTest();

test('status, type and bytes arrive as the site sent them', async () => {
  site.answers = [
    (_request, response) =>
      response
        .writeHead(404, { 'content-type': 'Text/HTML; Charset=Big5', date: 'Sun, 11 Sep 2022 02:00:00 GMT' })
        .end('沒有'),
  ];
  const seen = await httpClient(limits)(site.url, async (response) => ({ ...response, body: await text(response) }));

  expect(seen).toEqual({
    status: 404,
    contentType: 'text/html; charset=big5',
    date: new Date('2022-09-11T02:00:00Z'),
    body: '沒有',
  });
  expect(site.asked[0]?.headers).toMatchObject({
    'accept-encoding': 'identity',
    'user-agent': expect.stringContaining('Millrace'),
  });
});

test.each([204, 304])('a %i has an empty body and no type', async (status) => {
  site.answers = [(_request, response) => response.writeHead(status).end()];

  expect(await httpClient(limits)(site.url, async (r) => [r.status, r.contentType, await text(r)])).toEqual([
    status,
    '',
    '',
  ]);
});

test('a site that never answers is given up after the timeout', async () => {
  site.answers = [() => undefined];

  await expect(get(site, { timeoutMs: 300 })).rejects.toThrow(
    new TransientError(`${site.url}: no answer after 300 ms`, { fault: 'Timeout' }),
  );
});

test('a body that falls silent is given up after the idle timeout', async () => {
  site.answers = [(_request, response) => response.write('half a row')];

  await expect(get(site, { idleTimeoutMs: 300 })).rejects.toThrow(
    new TransientError(`${site.url}: silent for 300 ms inside the body`, { fault: 'Timeout' }),
  );
});

test('a reader that takes its time is not taken for a silent site', async () => {
  site.answers = [say('x'.repeat(500_000))];
  const slowly = await httpClient({ ...limits, idleTimeoutMs: 2000 })(site.url, async ({ body }) => {
    let bytes = 0;
    for await (const chunk of body) {
      if (bytes === 0) await sleep(2500);
      bytes += chunk.byteLength;
    }
    return bytes;
  });

  expect(slowly).toBe(500_000);
});

test('a site that drips is given up after the total timeout', async () => {
  site.answers = [
    async (_request, response) => {
      while (!response.destroyed) {
        response.write('.');
        await sleep(50);
      }
    },
  ];

  await expect(get(site, { totalTimeoutMs: 600 })).rejects.toThrow(
    new TransientError(`${site.url}: not done after 600 ms`, { fault: 'Timeout' }),
  );
});

test('half a file and a reset, and then a good one, are a good one', async () => {
  site.answers = [
    (_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('12345', () => response.socket?.resetAndDestroy());
    },
    say('1234567890'),
  ];

  expect(await get(site, { attempts: 2 })).toBe('1234567890');
  expect(site.asked).toHaveLength(2);
});

test.each([
  ['shorter than it said', 'content-length', '10'],
  ['cut off between chunks', 'transfer-encoding', 'chunked'],
])('a body that is %s is an error, never a short file', async (_name, header, value) => {
  site.answers = [
    (_request, response) => {
      response.writeHead(200, { [header]: value });
      response.write('12345', () => response.socket?.end());
    },
  ];

  await expect(get(site)).rejects.toThrow(TransientError);
});

test('what the reader finds passing is tried again as often as it may be', async () => {
  site.answers = [say('down')];
  const client = httpClient({ ...limits, attempts: 6 });

  await expect(client(site.url, () => Promise.reject(new TransientError('500')))).rejects.toThrow('500');
  expect(site.asked).toHaveLength(6);
});

test('five refusals and then an answer are an answer', async () => {
  const busy: Answer = (_request, response) => response.writeHead(500).end('busy');
  site.answers = [busy, busy, busy, busy, busy, say('good')];
  const read = async (response: HttpResponse) => {
    if (response.status === 500) throw new ThrottledError('busy');
    return text(response);
  };

  expect(await httpClient({ ...limits, attempts: 6 })(site.url, read)).toBe('good');
});

test.each([new PermanentError('not a CSV'), new RangeError('ours')])('%o is not tried again', async (error) => {
  site.answers = [say('strange')];

  await expect(httpClient({ ...limits, attempts: 5 })(site.url, () => Promise.reject(error))).rejects.toBe(error);
  expect(site.asked).toHaveLength(1);
});

test('the waits grow, differ and stay below their bound', async () => {
  site.answers = [say('down')];
  const client = httpClient({ ...limits, attempts: 14, firstWaitMs: 20, longestWaitMs: 100 });
  await expect(client(site.url, () => Promise.reject(new TransientError('no')))).rejects.toThrow('no');
  const waits = site.asked.slice(1).map(({ at }, index) => at - (site.asked[index]?.at ?? 0));

  expect(waits[0]).toBeGreaterThanOrEqual(19);
  expect(waits[4]).toBeGreaterThanOrEqual(95);
  // Without the bound the last would be of 80 s.
  expect(waits).toHaveLength(13);
  expect(Math.max(...waits)).toBeLessThan(60_000);
});

test('a site that refuses connections is passing trouble', async () => {
  const nowhere = site.url;
  await site.close();

  await expect(httpClient(limits)(nowhere, text)).rejects.toThrow(`${nowhere}: nobody listens there (ECONNREFUSED)`);
  await expect(httpClient(limits)(nowhere, text)).rejects.toThrow(TransientError);
});
