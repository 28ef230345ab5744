import { createServer, type Server } from 'node:net';

const loopback = '127.0.0.1';

/** The wanted port when it is free, else one the system picks; for other programs, as it is free only until it is taken. */
export async function freePort(wanted?: number): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, wanted);
  await new Promise((resolve) => probe.close(resolve));
  return port;
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
