import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const longestPauseMs = 2000;

/** Repeats work that may be done twice until the database can be reached; other errors, and an abort, end it. */
export async function whenReachable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error) || signal.aborted) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** The server is away or going (class 08 and 57P0x), or the socket died; everything else is a mistake of ours. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P0)/.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(ECONN|EPIPE|ETIMEDOUT)/.test(code) || /Connection terminated|connection timeout/i.test(error.message);
}
