import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { pageHeaders } from './page-headers.ts';

/** What a port lets in beside requests of this machine's own programs. */
export interface Guard {
  /** Origins of other sites whose pages may ask, as the template's CORS rules say it; `*` is any. */
  readonly origins?: readonly string[];
  /** Each request shows a credential of its own (a signature, a token), so that a page elsewhere can borrow none. */
  readonly credentialed?: true;
  /** What the pages of this port need. @default nothing runs, nothing is loaded */
  readonly contentSecurity?: string;
}

// No URL class: it would find this machine's name behind a `user@` as well.
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Checks Host and Origin of each request before the server's own listeners see it, preflights included, and gives each
 * answer the headers that keep a page to itself. The one mechanism of every port of this machine that speaks HTTP.
 */
export function guardServer(server: Server, guard: Guard = {}): void {
  const listeners = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
    if (guard.contentSecurity !== undefined) response.setHeader('content-security-policy', guard.contentSecurity);
    const refused = refusalOf(request, guard);
    if (refused !== undefined) return refuse(request, response, refused);
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/** Why a request is not let in; `undefined` when it is. */
function refusalOf({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>, guard: Guard = {}) {
  // A name that leads here by its owner's DNS (rebinding) makes a page elsewhere one of ours for its browser.
  if (!ownHost.test(headers.host ?? '')) return 'Only this machine may ask: the Host is another one.';
  const { origin } = headers;
  if (origin !== undefined) {
    const own = origin.toLowerCase() === `http://${headers.host}`.toLowerCase();
    const named = guard.origins?.some((pattern) => matchesPattern(pattern, origin)) ?? false;
    return own || named ? undefined : 'Pages of other sites may not ask: the Origin is another one.';
  }
  // Browsers leave Origin out of an image, a script or a link; the last opens a page of its own, which reads nothing for
  // the one it was on.
  const site = headers['sec-fetch-site'];
  if (guard.credentialed || site === undefined || site === 'same-origin' || site === 'none') return undefined;
  const opensPage = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return opensPage && method === 'GET' ? undefined : 'Pages of other sites may not show what is here.';
}

/** A pattern of AWS's CORS rules has one `*` at most, which is any text. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*', 2);
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  // What remains of a body that is not read would be taken for the next request.
  const closing = request.complete ? {} : { connection: 'close' };
  response
    .writeHead(403, { 'content-type': 'application/json; charset=utf-8', ...closing })
    .end(JSON.stringify({ error: message, message }));
}
