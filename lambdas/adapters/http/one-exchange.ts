import { PermanentError } from '#kit/errors.ts';
import { transientFrom } from './trouble.ts';

/** One request as it is sent. */
export interface OneRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ExchangeLimits {
  /** For the whole exchange, redirects and body included. */
  readonly timeoutMs: number;
  /** Of the body after decoding. */
  readonly maxBytes: number;
}

/** What came back, whatever its status. */
export interface OneAnswer {
  readonly status: number;
  /** Lower case, with parameters; '' when the site names none. */
  readonly contentType: string;
  /** After redirects. */
  readonly url: string;
  readonly text: string;
}

/** Sends one request, once. Throws TransientError when no whole answer came in time, PermanentError when it is too large. */
export type Exchange = (request: OneRequest) => Promise<OneAnswer>;

/** An exchange on the platform's fetch: nothing is tried again, since the caller decides when. */
export function oneExchange({ timeoutMs, maxBytes }: ExchangeLimits): Exchange {
  return async ({ method, url, headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const failed = (cause: unknown) => {
      throw signal.aborted
        ? transientFrom(`${url}: not done after ${timeoutMs} ms`, signal, cause)
        : transientFrom(url, signal, cause);
    };
    const init = { method, headers, signal, ...(body === undefined ? {} : { body }) };
    const response = await fetch(url, init).catch(failed);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) throw new PermanentError(`${url}: larger than ${maxBytes} bytes`, { fault: 'TooLarge' });
        chunks.push(chunk);
      }
    } catch (cause) {
      if (cause instanceof PermanentError) throw cause;
      failed(cause);
    }
    return {
      status: response.status,
      contentType: response.headers.get('content-type')?.toLowerCase() ?? '',
      url: response.url,
      // All five platforms answer UTF-8, some with its mark; what isn't shows as replacement characters.
      text: new TextDecoder().decode(Buffer.concat(chunks)),
    };
  };
}
