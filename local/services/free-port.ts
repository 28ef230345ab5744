import { createServer, type Server } from 'node:net';

const loopback = '127.0.0.1';

// Systems give outgoing connections ports from 32768 or 49152 on: one that is free now may be somebody's in a moment.
const first = 20_000;
const range = 12_000;
// A stack chooses about ten; a process that starts one after the other comes round to the first when they are gone.
const blockSize = 60;

/**
 * A block of ports that is this process's own: it listens on the first of them as long as it lives. Stacks that start
 * at the same time choose ports seconds before they listen on them, and must not choose the same.
 */
let block: Promise<number> | undefined;
let next = 0;

/** The first port of this process's block, whose connections are closed at once. */
export function claimedPort(): Promise<number> {
  block ??= claimBlock();
  return block;
}

async function claimBlock(): Promise<number> {
  const blocks = range / blockSize;
  const start = Math.floor(Math.random() * blocks);
  for (let tried = 0; tried < blocks; tried++) {
    const port = first + ((start + tried) % blocks) * blockSize;
    const claim = createServer((socket) => socket.destroy());
    try {
      await tryPort(claim, port);
    } catch (error) {
      if (isTaken(error)) continue;
      throw error;
    }
    claim.unref();
    return port;
  }
  throw new Error(`No block of ${blockSize} ports is free between ${first} and ${first + range}`);
}

/** The wanted port when it is free, else another that only who chooses it gets: it is free until somebody listens. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted && (await isFree(wanted))) return wanted;
  const claimed = await claimedPort();
  for (let tried = 1; tried < blockSize; tried++) {
    const port = claimed + 1 + (next++ % (blockSize - 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`All ports from ${claimed} to ${claimed + blockSize - 1} are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await tryPort(probe, port);
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

/** Listens on the loopback address: on the wanted port when it is free, else on one the system picks. */
export async function listen(server: Server, wanted?: number): Promise<number> {
  try {
    return await tryPort(server, wanted ?? 0);
  } catch (error) {
    if (!wanted || !isTaken(error)) throw error;
    return tryPort(server, 0);
  }
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES';
}

function tryPort(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('Listening on no TCP port'));
      else resolve(address.port);
    });
  });
}
