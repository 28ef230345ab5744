import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { claimedPort, freePort, listen } from '../../../local/services/free-port.ts';

/** Ports that are chosen some time before anybody listens on them. */

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function occupied(port?: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  return listen(server, port);
}

const run = promisify(execFile);
const chosenElsewhere = `
  const { freePort } = await import(${JSON.stringify(new URL('../../../local/services/free-port.ts', import.meta.url).href)});
  const chosen = [];
  for (let n = 0; n < 30; n++) chosen.push(await freePort());
  console.log(JSON.stringify(chosen));
  process.stdin.resume();
`;

test('processes that choose at the same time never choose the same, though nobody listens yet', async () => {
  const chosen = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = run(process.execPath, ['--input-type=module', '--eval', chosenElsewhere]);
      const line = new Promise<string>((resolve) => child.child.stdout?.once('data', resolve));
      return { ports: JSON.parse(await line) as number[], end: () => child.child.stdin?.end(), ended: child };
    }),
  );
  for (const { end } of chosen) end();
  await Promise.all(chosen.map(({ ended }) => ended));

  const all = chosen.flatMap(({ ports }) => ports);
  expect(all).toHaveLength(120);
  expect(new Set(all).size).toBe(all.length);
});

test('two choices of one process differ, and are none that anybody listens on', async () => {
  const before = await freePort();
  await occupied(before);
  const chosen = new Set<number>();
  // Once round the block.
  for (let n = 0; n < 58; n++) chosen.add(await freePort());

  expect(chosen.size).toBe(58);
  expect(chosen).not.toContain(before);
  expect(chosen).not.toContain(await claimedPort());
});

test('the wanted port is chosen when it is free, and another when it is not', async () => {
  const wanted = await freePort();

  expect(await freePort(wanted)).toBe(wanted);
  await occupied(wanted);
  expect(await freePort(wanted)).not.toBe(wanted);
});
