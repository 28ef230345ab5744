export type Clock = () => Date;

/** setTimeout takes no more than 2^31 - 1 ms (24.8 days). */
const longestTimerMs = 2 ** 31 - 1;

/** Calls back at a time, however far away; returns what cancels it. */
export function callAt(at: Date, now: Clock, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const leftMs = at.getTime() - now().getTime();
    timer = leftMs > 0 ? setTimeout(wait, Math.min(leftMs, longestTimerMs)) : setTimeout(callback, 0);
  };
  wait();
  return () => clearTimeout(timer);
}

/** Resolves at a time; rejects with the signal's reason when aborted before. */
export async function sleepUntil(at: Date, now: Clock, signal: AbortSignal): Promise<void> {
  let cancel = () => {};
  try {
    await unlessAborted(
      new Promise<void>((resolve) => {
        cancel = callAt(at, now, resolve);
      }),
      signal,
    );
  } finally {
    cancel();
  }
}

/** The work's outcome, or the signal's reason as soon as it aborts; the work itself is not awaited then. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
