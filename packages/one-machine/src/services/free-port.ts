import { createServer, type Server } from 'node:net';

const loopback = '127.0.0.1';

// Systems give outgoing connections ports from 32768 or 49152 on: one that is free now may be taken in a moment.
const first = 20_000;
const range = 12_000;

/** The wanted port when it is free, else another. Any program may take it until a server listens, so listen at once. */
export async function freePort(wanted?: number): Promise<number> {
  const held = await holdPort(wanted);
  await held.letGo();
  return held.port;
}

/** A port that no other stack gets while its server is being made. */
export interface HeldPort {
  readonly port: number;
  /** Right before the server listens there; once more does nothing. */
  letGo(): Promise<void>;
}

/** The wanted port when it is free, else another: a server listens there, and turns all away, until it is let go. */
export async function holdPort(wanted?: number): Promise<HeldPort> {
  for (let port = wanted; ; port = first + Math.floor(Math.random() * range)) {
    const holder = createServer((socket) => socket.destroy());
    const got = await listen(holder, port || undefined);
    const letGo = () => new Promise<void>((resolve) => holder.close(() => resolve()));
    if (port && got === port) return { port, letGo };
    await letGo();
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
