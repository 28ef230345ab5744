/** Who asks: a user with their real password, which never leaves the browser, or a token. */
export type Credential =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** Puts on a request what the API takes of a credential. `seconds`: UTC, since 1970. */
export async function signed(request: Request, credential: Credential, seconds: () => number): Promise<Request> {
  if (credential.kind === 'token') return withAuthorization(request, request.url, `Bearer ${credential.token}`);
  const timestamp = String(seconds());
  const url = new URL(request.url);
  const query = [...url.searchParams].map((pair) => pair.map(percentEncoded).join('=')).join('&');
  const target = decodeURIComponent(url.pathname) + (query === '' ? '' : `?${query}`);
  const body = await request.clone().arrayBuffer();
  const digest = hex(await crypto.subtle.digest('SHA-256', body));
  const text = [request.method.toUpperCase(), target, timestamp, digest].join('\n');
  url.searchParams.append('_', timestamp);
  const signature = await hmac(credential.password, text);
  return withAuthorization(request, url.href, `Millrace ${credential.user}:${signature}`);
}

/**
 * A clock that never says the same second twice: a signature is good for one request that changes something. It runs
 * ahead where requests come quicker; the API takes a minute of that.
 */
export function uniqueSeconds(now: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(now() / 1000));
    return last;
  };
}

async function withAuthorization(request: Request, url: string, authorization: string): Promise<Request> {
  const headers = new Headers(request.headers);
  headers.set('authorization', authorization);
  const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.clone().arrayBuffer();
  const { method, signal } = request;
  // The API answers a refusal with `WWW-Authenticate: Basic`: without `omit` the browser would ask for a password of its
  // own, over the page, and the request would wait for that.
  return new Request(url, { method, headers, body, signal, cache: 'no-store', credentials: 'omit' });
}

async function hmac(password: string, text: string): Promise<string> {
  const encode = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encode.encode(password), algorithm, false, ['sign']);
  return hex(await crypto.subtle.sign('HMAC', key, encode.encode(text)));
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** As RFC 3986 has it: encodeURIComponent leaves five reserved characters alone. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
