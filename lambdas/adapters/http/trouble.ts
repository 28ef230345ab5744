import { TransientError } from '#kit/errors.ts';
import type { PassingFault } from '#kit/faults.ts';

/** What went wrong on the way, by the code of Node.js, undici or zlib; each once, so that a person can tell them apart. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  EAI_AGAIN: 'its name can’t be looked up just now',
  ENOTFOUND: 'nobody knows its name',
  UND_ERR_SOCKET: 'the connection ended before the answer was whole',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer have no end',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the body is not as long as the answer says',
  Z_BUF_ERROR: 'the packed body is cut off',
  Z_DATA_ERROR: 'the packed body can’t be unpacked',
};

const faults: Readonly<Record<string, PassingFault>> = {
  ECONNREFUSED: 'NoConnection',
  ECONNRESET: 'CutOff',
  EAI_AGAIN: 'NoConnection',
  ENOTFOUND: 'NoConnection',
  UND_ERR_SOCKET: 'CutOff',
  UND_ERR_HEADERS_OVERFLOW: 'BrokenAnswer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'CutOff',
  Z_BUF_ERROR: 'CutOff',
  Z_DATA_ERROR: 'BrokenAnswer',
};

/** A failed exchange as a {@link TransientError} that says in words what happened; the watchdog's own is kept as it is. */
export function transientFrom(url: string, signal: AbortSignal, cause: unknown): Error {
  if (signal.aborted && signal.reason instanceof TransientError) return signal.reason;
  // fetch wraps what happened in "fetch failed" and "terminated".
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const message = inner instanceof Error ? inner.message : String(inner);
  const known = words[code];
  const fault = faults[code];
  return new TransientError(`${url}: ${known === undefined ? message : `${known} (${code})`}`, {
    cause,
    ...(fault ? { fault } : {}),
  });
}
