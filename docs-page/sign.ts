import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A request before it is sent, as far as signing goes. */
export interface Unsigned {
  url: string;
  readonly method?: string;
  headers: Record<string, string>;
  readonly body?: unknown;
}

/**
 * Makes of a real user and password what the API takes (docs/how-to/generate-a-typed-client.md): of `Basic` the
 * password of this second, of a bare `user:password` a signature. What else stands there, a token, stays as it is.
 */
export function sign<R extends Unsigned>(request: R, now: Date): R {
  const name = Object.keys(request.headers).find((header) => header.toLowerCase() === 'authorization');
  const given = name === undefined ? undefined : request.headers[name];
  if (name === undefined || given === undefined) return request;
  const seconds = String(Math.floor(now.getTime() / 1000));
  const signed = given.startsWith('Basic ') ? basic(given, seconds) : hmacOf(given, seconds, request);
  if (signed === undefined) return request;
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.set('_', seconds);
  request.url = /^https?:/.test(request.url) ? url.href : `${url.pathname}${url.search}`;
  request.headers[name] = signed;
  return request;
}

function basic(given: string, seconds: string): string {
  const [user, password] = split(fromBase64(given.slice('Basic '.length)));
  return `Basic ${toBase64(`${user}:${hex(md5(utf8ToBytes(`${password}@${seconds}`)))}`)}`;
}

function hmacOf(given: string, seconds: string, { url, method = 'GET', body }: Unsigned): string | undefined {
  if (!given.includes(':') || /^(Bearer|Millrace) /i.test(given)) return undefined;
  const [user, password] = split(given);
  const digest = hex(sha256(utf8ToBytes(typeof body === 'string' ? body : '')));
  const { pathname } = new URL(url, 'http://localhost');
  const text = `${method.toUpperCase()}\n${pathname}\n${seconds}\n${digest}`;
  return `Millrace ${user}:${hex(hmac(sha256, utf8ToBytes(password), utf8ToBytes(text)))}`;
}

const hex = bytesToHex;

// A password may hold colons; a user may not.
function split(pair: string): readonly [string, string] {
  const at = pair.indexOf(':');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...utf8ToBytes(text)));
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
}
