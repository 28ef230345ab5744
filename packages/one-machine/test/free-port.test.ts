import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, holdPort, listen } from '../src/services/free-port.ts';

test('a port that is held is nobody else’s, until its own server listens there', async () => {
  const held = await holdPort();
  onTestFinished(() => held.letGo());
  const server = createServer((_request, response) => response.end('here'));
  onTestFinished(() => void server.close());

  expect(await freePort(held.port)).not.toBe(held.port);
  expect((await holdPort(held.port).then((other) => other.letGo().then(() => other))).port).not.toBe(held.port);
  await held.letGo();
  expect(await listen(server, held.port)).toBe(held.port);
  expect(await (await fetch(`http://127.0.0.1:${held.port}`)).text()).toBe('here');
  // What undoes a start lets go of what was let go already.
  await held.letGo();
  expect(await freePort(held.port)).not.toBe(held.port);
});

test('who asks too early is turned away, not kept waiting, and does not keep the port from being let go', async () => {
  const held = await holdPort();
  onTestFinished(() => held.letGo());

  await expect(fetch(`http://127.0.0.1:${held.port}`)).rejects.toThrow('fetch failed');
  await held.letGo();
  expect(await freePort(held.port)).toBe(held.port);
});
