import { isUtf8 } from 'node:buffer';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { PageError, type PageFault } from '#kit/pages/page-error.ts';
import { acceptEncoding, readBody } from './page-body.ts';
import { pageUrl, portOf } from './page-url.ts';
import { type AllowedAddress, publicLookup } from './public-address.ts';

export interface PageLimits {
  /** For the whole fetch: names, redirects, every byte. */
  readonly timeoutMs: number;
  readonly redirects: number;
  /** Of the body after decoding. */
  readonly maxBytes: number;
  /** Addresses that may be asked for although they are not public. */
  readonly allowed: readonly AllowedAddress[];
}

/** A page as it came, decoded but not read. */
export interface RawPage {
  /** After redirects. */
  readonly url: string;
  /** Lower case, with parameters; '' when the site names none. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Gets a page whose URL comes from outside. Throws a {@link PageError} that says why not. */
export type FetchPage = (url: string) => Promise<RawPage>;

const headers = {
  'user-agent': 'Mozilla/5.0 (compatible; Millrace/0.1; +https://github.com/millrace/millrace)',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,text/*;q=0.8,*/*;q=0.1',
  'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8',
  'accept-encoding': acceptEncoding,
};

/**
 * Fetches pages that strangers may name: only http and https, no credentials, never an address that is not public, at
 * any redirect, checked at the connection itself. Node's own client, for its `lookup` decides what is connected to.
 */
export function pageFetcher(limits: PageLimits): FetchPage {
  return async (text) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    try {
      return await follow(pageUrl(text, undefined, limits.allowed), limits, signal);
    } catch (error) {
      throw signal.aborted ? new PageError('Timeout', `Not done after ${limits.timeoutMs} ms`) : asPageError(error);
    }
  };
}

async function follow(first: URL, limits: PageLimits, signal: AbortSignal): Promise<RawPage> {
  let url = first;
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const answer = await ask(url, limits, signal);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      answer.destroy();
      url = pageUrl(headerText(location), url, limits.allowed);
      continue;
    }
    if (status < 200 || status >= 300) {
      answer.destroy();
      throw new PageError('HttpError', `The site answered ${status}`);
    }
    const contentType = answer.headers['content-type']?.toLowerCase() ?? '';
    if (!isText(contentType)) {
      answer.destroy();
      throw new PageError('NotText', `The page is ${contentType}`);
    }
    return { url: url.href, contentType, body: await readBody(answer, limits.maxBytes) };
  }
  throw new PageError('TooManyRedirects', `Still redirected after ${limits.redirects} times`);
}

function ask(url: URL, { allowed }: PageLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  // An agent of its own for each hop: no connection outlives the check of its address.
  const agent = secure ? new HttpsAgent() : new HttpAgent();
  const options = { agent, headers, signal, lookup: publicLookup(portOf(url), allowed) };
  return new Promise((resolve, reject) => {
    const asked = secure ? httpsRequest(url, options) : httpRequest(url, options);
    asked
      .once('response', resolve)
      // Errors may come after the answer, too: one without a listener would end the process.
      .on('error', reject)
      // An answer that is none, as one that changes the protocol, closes without an error.
      .once('close', () => reject(new PageError('NetworkError', 'The connection closed without an answer')))
      .end();
  });
}

/** Node reads headers as Latin-1; sites write the URLs of their pages in UTF-8, as browsers read them. */
function headerText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

/** A page that doesn't say what it is may be text: its reader will see. */
function isText(contentType: string): boolean {
  const [type = ''] = contentType.split(';', 1);
  return type.trim() === '' || /^text\/|^application\/(xhtml\+xml|xml)$/.test(type.trim());
}

const faults: Readonly<Record<string, PageFault>> = {
  ENOTFOUND: 'DnsError',
  EAI_AGAIN: 'DnsError',
  EAI_FAIL: 'DnsError',
  ENODATA: 'DnsError',
  ECONNREFUSED: 'ConnectionRefused',
};

function asPageError(error: unknown): PageError {
  if (error instanceof PageError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message || code : String(error);
  return new PageError(faults[code] ?? 'NetworkError', message, { cause: error });
}
