import pRetry from 'p-retry';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';

export interface HttpLimits {
  /** Until the head of the answer is there. */
  readonly timeoutMs: number;
  /** The longest silence inside a body. */
  readonly idleTimeoutMs: number;
  /** For one whole exchange; stops a site that drips a byte at a time. */
  readonly totalTimeoutMs: number;
  /** Of the body after decoding; a larger one is refused while it arrives. */
  readonly maxBytes: number;
  /** Exchanges in all, the first included. */
  readonly attempts: number;
  /** Before the second exchange; doubled for each further one, with jitter. @default 500 */
  readonly firstWaitMs?: number;
  /** @default 8000 */
  readonly longestWaitMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower case, with parameters; '' when the site names none. */
  readonly contentType: string;
  /** The other side's clock (Date header, RFC 9110 section 6.6.1); `undefined` where it names none. */
  readonly date: Date | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * GETs a page and reads it. The whole exchange, reading included, is tried again with backoff and jitter while it ends
 * in a {@link TransientError} or {@link ThrottledError}: resets, silence, and whatever `read` throws as such.
 * A body over the limit is a {@link PermanentError}.
 */
export type HttpClient = <R>(url: string, read: (response: HttpResponse) => Promise<R>) => Promise<R>;

const userAgent = 'Millrace/0.1 (+https://github.com/millrace/millrace)';

/** An HTTP client on the platform's fetch. Redirects are followed (20 at most); bodies are asked for uncompressed. */
export function httpClient(limits: HttpLimits): HttpClient {
  return (url, read) =>
    pRetry(() => exchange(url, limits, read), {
      retries: limits.attempts - 1,
      minTimeout: limits.firstWaitMs ?? 500,
      maxTimeout: limits.longestWaitMs ?? 8000,
      factor: 2,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof TransientError || error instanceof ThrottledError,
    });
}

async function exchange<R>(url: string, limits: HttpLimits, read: (response: HttpResponse) => Promise<R>): Promise<R> {
  const abort = new AbortController();
  const watch = watchdog(abort);
  const total = setTimeout(
    () => abort.abort(new TransientError(`${url}: not done after ${limits.totalTimeoutMs} ms`)),
    limits.totalTimeoutMs,
  );
  try {
    watch.expect(limits.timeoutMs, `${url}: no answer after ${limits.timeoutMs} ms`);
    const response = await fetch(url, {
      signal: abort.signal,
      // What is stored must be the bytes the site has.
      headers: { 'user-agent': userAgent, 'accept-encoding': 'identity' },
    }).catch((cause) => {
      throw transientFrom(url, abort.signal, cause);
    });
    const contentType = response.headers.get('content-type')?.toLowerCase() ?? '';
    const body = limited(url, response.body ?? [], limits, watch, abort);
    return await read({ status: response.status, contentType, date: dateOf(response), body });
  } finally {
    watch.stop();
    clearTimeout(total);
    // A reader that left early must not keep the connection.
    abort.abort();
  }
}

async function* limited(
  url: string,
  body: AsyncIterable<Uint8Array> | readonly Uint8Array[],
  limits: HttpLimits,
  watch: Watchdog,
  abort: AbortController,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const silence = `${url}: silent for ${limits.idleTimeoutMs} ms inside the body`;
  watch.expect(limits.idleTimeoutMs, silence);
  try {
    for await (const chunk of body) {
      watch.stop();
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) throw new PermanentError(`${url}: larger than ${limits.maxBytes} bytes`);
      yield chunk;
      watch.expect(limits.idleTimeoutMs, silence);
    }
  } catch (cause) {
    if (cause instanceof PermanentError) throw cause;
    throw transientFrom(url, abort.signal, cause);
  } finally {
    watch.stop();
  }
}

interface Watchdog {
  expect(withinMs: number, otherwise: string): void;
  stop(): void;
}

function watchdog(abort: AbortController): Watchdog {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  return {
    stop,
    expect(withinMs, otherwise) {
      stop();
      timer = setTimeout(() => abort.abort(new TransientError(otherwise)), withinMs);
    },
  };
}

function transientFrom(url: string, signal: AbortSignal, cause: unknown): Error {
  if (signal.aborted && signal.reason instanceof TransientError) return signal.reason;
  const deeper = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return new TransientError(`${url}: ${cause instanceof Error ? cause.message : String(cause)}${deeper}`, { cause });
}

function dateOf({ headers }: Response): Date | undefined {
  const date = new Date(headers.get('date') ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
