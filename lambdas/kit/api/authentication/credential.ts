import { UnauthorizedError } from '../../errors.ts';

/** What an Authorization header offers. */
export type Credential =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'hmac'; readonly user: string; readonly signature: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/** The challenge of each 401: every scheme there is (RFC 9110, 11.6.1). */
export const challenge = [
  'Basic realm="millrace", charset="UTF-8"',
  'Millrace realm="millrace"',
  'Bearer realm="millrace"',
].join(', ');

const schemes = { basic: 'basic', millrace: 'hmac', bearer: 'bearer' } as const;

/** The scheme a header names, in whatever case; `undefined` for none of ours, and without a header. */
export function schemeOf(header: string | undefined): Credential['scheme'] | undefined {
  const name = /^[^\s]+/.exec(header ?? '')?.[0].toLowerCase() ?? '';
  return Object.hasOwn(schemes, name) ? schemes[name as keyof typeof schemes] : undefined;
}

/** Reads an Authorization header. Throws {@link UnauthorizedError}, which says what is wrong with the header alone. */
export function readCredential(header: string | undefined): Credential {
  if (header === undefined || header === '') throw new UnauthorizedError('The Authorization header is missing.');
  const scheme = schemeOf(header);
  if (scheme === undefined) throw new UnauthorizedError('Only Basic, Millrace and Bearer are accepted.');
  const [, value = ''] = /^[^\s]+ +(.*)$/s.exec(header) ?? [];
  const credential = readers[scheme](value);
  if (!credential) throw new UnauthorizedError('The value of the Authorization header is malformed.');
  return credential;
}

const readers: Readonly<Record<Credential['scheme'], (value: string) => Credential | undefined>> = {
  basic(value) {
    const text = /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? decoded(value) : undefined;
    // RFC 7617: the first colon ends the name, and neither part has control characters.
    const [, user, password] = /^([^:\p{Cc}]+):(\P{Cc}*)$/u.exec(text ?? '') ?? [];
    return user === undefined || password === undefined ? undefined : { scheme: 'basic', user, password };
  },
  hmac(value) {
    const [, user, signature] = /^([^:\s]+):([0-9a-f]{64})$/i.exec(value) ?? [];
    if (user === undefined || signature === undefined) return undefined;
    return { scheme: 'hmac', user, signature: signature.toLowerCase() };
  },
  // RFC 6750: b64token.
  bearer: (token) => (/^[\w.~+/-]+=*$/.test(token) ? { scheme: 'bearer', token } : undefined),
};

function decoded(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}
