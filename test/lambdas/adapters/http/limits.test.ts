import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { httpClient } from '#adapters/http.ts';
import { PermanentError } from '#kit/errors.ts';
import { get, limits, siteForEachTest, text } from './site.ts';

const site = siteForEachTest();

test('a body over the limit is refused while it arrives, not tried again, and its connection is closed', async () => {
  let sent = 0;
  let closed = false;
  site.answers = [
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

  await expect(get(site, { attempts: 3 })).rejects.toThrow(
    new PermanentError(`${site.url}: larger than 1000000 bytes`, { fault: 'TooLarge' }),
  );
  await expect.poll(() => closed).toBe(true);
  expect(sent).toBeLessThan(50_000_000);
  expect(site.asked).toHaveLength(1);
});

test('the limit counts what a packed body unpacks to', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  site.answers = [(_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)];

  expect(bomb.length).toBeLessThan(limits.maxBytes);
  await expect(get(site)).rejects.toThrow(PermanentError);
});

test('a reader that leaves early keeps no connection', async () => {
  let closed = false;
  site.answers = [
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
  const status = await httpClient(limits)(site.url, async (response) => response.status);

  expect(status).toBe(200);
  await expect.poll(() => closed).toBe(true);
});

test('a body whose length is said to be over the limit is not even begun', async () => {
  let closed = false;
  site.answers = [
    (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-length': '5000000000' }).write('1');
    },
  ];
  const read = vi.fn(text);

  await expect(httpClient({ ...limits, attempts: 3 })(site.url, read)).rejects.toThrow(
    new PermanentError(`${site.url}: 5000000000 bytes, which is larger than 1000000 bytes`, { fault: 'TooLarge' }),
  );
  expect(read).not.toHaveBeenCalled();
  await expect.poll(() => closed).toBe(true);
  expect(site.asked).toHaveLength(1);
});
