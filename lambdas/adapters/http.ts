import pRetry from 'p-retry';
import { PermanentError, ThrottledError, TransientError } from '#kit/errors.ts';
import { transientFrom } from './http/trouble.ts';

export interface HttpLimits {
  /** Until the head of the answer is there. */
  readonly timeoutMs: number;
  /** The longest silence inside a body. */
  readonly idleTimeoutMs: number;
  /** For one whole exchange; stops a site that drips a byte at a time. */
  readonly totalTimeoutMs: number;
  /** Of the body after decoding; a larger one is refused as soon as its length is known, or while it arrives. */
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

// Browsers allow twenty; who moved a file needs one or two.
const longestRedirects = 5;

/** An HTTP client on the platform's fetch. Redirects are followed (5 at most); bodies are asked for uncompressed. */
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
    () => abort.abort(new TransientError(`${url}: not done after ${limits.totalTimeoutMs} ms`, { fault: 'Timeout' })),
    limits.totalTimeoutMs,
  );
  try {
    const response = await answerOf(url, limits, watch, abort.signal);
    refuseDeclared(url, response.headers, limits);
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

/** The answer at the end of the redirects. */
async function answerOf(url: string, limits: HttpLimits, watch: Watchdog, signal: AbortSignal): Promise<Response> {
  let target = url;
  for (let redirects = 0; redirects <= longestRedirects; redirects += 1) {
    watch.expect(limits.timeoutMs, `${url}: no answer after ${limits.timeoutMs} ms`);
    const response = await fetch(target, {
      signal,
      redirect: 'manual',
      // What is stored must be the bytes the site has.
      headers: { 'user-agent': userAgent, 'accept-encoding': 'identity' },
    }).catch((cause) => {
      throw transientFrom(url, signal, cause);
    });
    const location = redirectStatuses.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    target = webAddress(url, location, target);
  }
  throw new TransientError(`${url}: redirected more than ${longestRedirects} times, at last to ${target}`, {
    fault: 'RedirectLoop',
  });
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function webAddress(url: string, location: string, base: string): string {
  const target = URL.parse(location, base);
  if (target && /^https?:$/.test(target.protocol)) return target.href;
  throw new TransientError(`${url}: redirected to what is no web address: ${location.slice(0, 200)}`);
}

/** The length of a packed body says nothing about what it unpacks to. */
function refuseDeclared(url: string, headers: Headers, { maxBytes }: HttpLimits): void {
  const declared = headers.has('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0);
  if (declared > maxBytes)
    throw new PermanentError(`${url}: ${declared} bytes, which is larger than ${maxBytes} bytes`, {
      fault: 'TooLarge',
    });
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
      if (bytes > limits.maxBytes)
        throw new PermanentError(`${url}: larger than ${limits.maxBytes} bytes`, { fault: 'TooLarge' });
      yield chunk;
      watch.expect(limits.idleTimeoutMs, silence);
    }
  } catch (cause) {
    if (cause instanceof PermanentError) throw cause;
    throw transientFrom(`${url}, inside the body`, abort.signal, cause);
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
      timer = setTimeout(() => abort.abort(new TransientError(otherwise, { fault: 'Timeout' })), withinMs);
    },
  };
}

function dateOf({ headers }: Response): Date | undefined {
  const date = new Date(headers.get('date') ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
