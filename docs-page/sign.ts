import { hmac } from '@noble/hashes/hmac.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex as hex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A request before it is sent, as far as signing goes. */
export interface Unsigned {
  url: string;
  readonly method?: string;
  headers: Record<string, string>;
  readonly body?: unknown;
}

/**
 * Makes of a real user and password what the API takes: of `Basic` the password of the moment, of a bare
 * `user:password` a signature. What else stands there, a token, stays as it is. `seconds`: UTC, since 1970.
 */
export function sign<R extends Unsigned>(request: R, seconds: () => number): R {
  const name = Object.keys(request.headers).find((header) => header.toLowerCase() === 'authorization');
  const given = name === undefined ? undefined : request.headers[name];
  if (name === undefined || given === undefined || /^(Bearer|Millrace) /i.test(given)) return request;
  const timestamp = String(seconds());
  const url = new URL(request.url, 'http://localhost');
  url.searchParams.delete('_');
  request.headers[name] = given.startsWith('Basic ') ? basic(given, timestamp) : hmacOf(given, timestamp, request, url);
  url.searchParams.append('_', timestamp);
  request.url = /^https?:/.test(request.url) ? url.href : `${url.pathname}${url.search}`;
  return request;
}

/**
 * A clock that never says the same second twice: a password of a moment is good for one request that changes something.
 * It runs ahead of the time where requests come quicker; the API takes a minute of that.
 */
export function uniqueSeconds(now: () => Date): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(now().getTime() / 1000));
    return last;
  };
}

function basic(given: string, timestamp: string): string {
  const [user, password] = split(fromBase64(given.slice('Basic '.length)));
  return `Basic ${toBase64(`${user}:${hex(md5(utf8ToBytes(`${password}@${timestamp}`)))}`)}`;
}

function hmacOf(given: string, timestamp: string, { method = 'GET', body }: Unsigned, url: URL): string {
  const [user, password] = split(given);
  const query = [...url.searchParams].map((pair) => pair.map(percentEncoded).join('=')).join('&');
  const target = decodeURIComponent(url.pathname) + (query === '' ? '' : `?${query}`);
  const digest = hex(sha256(utf8ToBytes(typeof body === 'string' ? body : '')));
  const text = [method.toUpperCase(), target, timestamp, digest].join('\n');
  return `Millrace ${user}:${hex(hmac(sha256, utf8ToBytes(password), utf8ToBytes(text)))}`;
}

/** As RFC 3986 has it: encodeURIComponent leaves five reserved characters alone. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

// A password may hold colons; a user may not.
function split(pair: string): readonly [string, string] {
  const at = pair.indexOf(':');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Text as Base64 of its UTF-8. */
export function toBase64(text: string): string {
  return btoa(String.fromCharCode(...utf8ToBytes(text)));
}

function fromBase64(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
}
