import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { httpClient } from '#adapters/http.ts';
import { TransientError } from '#kit/errors.ts';

/** A server below HTTP, which says the same again and again and never comes to the body. */

let server: Server;

afterEach(() => server.close());

async function saying(first: string, again: string): Promise<string> {
  server = createServer(async (socket) => {
    socket.on('error', () => undefined);
    socket.write(first);
    while (!socket.destroyed) {
      socket.write(again);
      await sleep(1);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.csv`;
}

const limits = { timeoutMs: 60_000, idleTimeoutMs: 60_000, totalTimeoutMs: 120_000, maxBytes: 1000, attempts: 1 };

test('headers without end are given up, not kept', async () => {
  const url = await saying('HTTP/1.1 200 OK\r\n', `x-more: ${'0'.repeat(1000)}\r\n`);

  await expect(httpClient(limits)(url, async () => 'read')).rejects.toThrow(
    new TransientError(`${url}: the headers of the answer have no end (UND_ERR_HEADERS_OVERFLOW)`, {
      fault: 'BrokenAnswer',
    }),
  );
});

test('answers before the answer don’t hold the clock', async () => {
  const url = await saying('', 'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n');

  await expect(httpClient({ ...limits, timeoutMs: 500 })(url, async () => 'read')).rejects.toThrow(
    new TransientError(`${url}: no answer after 500 ms`, { fault: 'Timeout' }),
  );
});
