import { createServer, type Server } from 'node:net';

const loopback = '127.0.0.1';

// Systems give outgoing connections ports from 32768 or 49152 on: one that is free now may be somebody's in a moment.
const first = 20_000;
const range = 12_000;

/** The wanted port when it is free, else another that only who chooses it gets: it is free until somebody listens. */
export async function freePort(wanted?: number): Promise<number> {
  for (let port = wanted; ; port = first + Math.floor(Math.random() * range)) {
    const probe = createServer();
    const got = await listen(probe, port || undefined);
    await new Promise((resolve) => probe.close(resolve));
    if (port && got === port) return port;
  }
}

/** Listens on the loopback address: on the wanted port when it is free, else on one the system picks. */
export async function listen(server: Server, wanted?: number): Promise<number> {
  try {
    return await tryPort(server, wanted ?? 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!wanted || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error;
    return tryPort(server, 0);
  }
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
