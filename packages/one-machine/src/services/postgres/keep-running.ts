import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

// A server that ends as soon as it has started is not started in a circle as fast as the machine can.
const pauseMs = 1000;

/**
 * Keeps a server there: one that ends without having been told to (killed for its memory, a full disk) is started
 * again. `say` is told of the end and of the new start, and once of each reason why there is none yet; it is tried on.
 */
export function keepRunning(first: Server, startAgain: () => Promise<Server>, say: (message: string) => void): Server {
  const stopping = new AbortController();
  let current = first;
  let ended = first.ended;
  const watching = (async () => {
    for (;;) {
      const status = await ended;
      if (stopping.signal.aborted) return;
      say(`PostgreSQL has ended (${status}). What needs it fails until it runs again; it is being started.`);
      const next = await untilStarted(startAgain, say, stopping.signal);
      if (next === undefined) return;
      current = next;
      ended = next.ended;
      if (stopping.signal.aborted) return;
      say('PostgreSQL runs again');
    }
  })();
  return {
    ended: watching.then(() => ended),
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
      // A server that came up while we said stop.
      await current.stop();
    },
  };
}

async function untilStarted(
  start: () => Promise<Server>,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<Server | undefined> {
  const said = new Set<string>();
  while (!signal.aborted) {
    await sleep(pauseMs, undefined, { signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
    if (signal.aborted) return undefined;
    try {
      return await start();
    } catch (error) {
      const reason = reasonOf(error);
      if (!said.has(reason)) say(`PostgreSQL can’t be started: ${reason}`);
      said.add(reason);
    }
  }
  return undefined;
}

/** In one line that is the same at each try: the server's own log has times and numbers of processes. */
function reasonOf(error: unknown): string {
  const lines = String(error)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /\b(?:FATAL|PANIC):/.test(line)) ?? lines.at(-1) ?? '';
  return telling.replace(/^.*\[\d+\] \w+: +/, '').trim();
}
