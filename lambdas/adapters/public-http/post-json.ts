import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { NoAnswerError, PermanentError, TransientError } from '#kit/errors.ts';
import { PageError } from '#kit/pages/page-error.ts';
import { pageUrl, portOf } from './page-url.ts';
import { type AllowedAddress, publicLookup } from './public-address.ts';

export interface PostLimits {
  readonly timeoutMs: number;
  /** Addresses that may be told although they are not public. */
  readonly allowed: readonly AllowedAddress[];
}

/** Posts JSON to an address that a caller named. Throws TransientError where another try may help (NoAnswerError: with more time), else PermanentError. */
export type PostJson = (url: string, body: string, headers: Readonly<Record<string, string>>) => Promise<void>;

/** As careful as the fetcher of pages: only the open internet, checked at the connection itself. Redirects are refusals. */
export function jsonPoster({ timeoutMs, allowed }: PostLimits): PostJson {
  return async (text, body, headers) => {
    const url = pageUrl(text, undefined, allowed);
    const signal = AbortSignal.timeout(timeoutMs);
    const status = await post(url, body, { headers, signal, allowed }).catch((error: unknown) => {
      if (error instanceof PageError) throw error;
      if (signal.aborted)
        throw new NoAnswerError(`${url.host} was not told: no answer after ${timeoutMs} ms`, { cause: error });
      throw new TransientError(`${url.host} was not told: ${error}`, { cause: error });
    });
    if (status >= 200 && status < 300) return;
    const said = `${url.host} answered ${status}`;
    // The other side would refuse again what it refused, but for "later" and its own troubles.
    if (status >= 500 || status === 408 || status === 425 || status === 429) throw new TransientError(said);
    throw new PermanentError(said);
  };
}

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly allowed: readonly AllowedAddress[];
}

function post(url: URL, body: string, { headers, signal, allowed }: Post): Promise<number> {
  const secure = url.protocol === 'https:';
  // An agent of its own: no connection outlives the check of its address.
  const agent = secure ? new HttpsAgent() : new HttpAgent();
  const options = {
    agent,
    signal,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
    lookup: publicLookup(portOf(url), allowed),
  };
  return new Promise((resolve, reject) => {
    const asked = secure ? httpsRequest(url, options) : httpRequest(url, options);
    asked
      .once('response', (answer) => {
        // The answer's text is not read: only its status counts.
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      })
      .once('error', reject)
      .end(body);
  });
}
