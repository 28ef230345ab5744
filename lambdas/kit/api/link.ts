import { createHmac, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import { ForbiddenError } from '../errors.ts';
import type { Caller } from './authentication.ts';

/** What a signed address opens: one path, what it shows, until a moment. */
export interface Link {
  /** As the route has it, filled in: `/dts-auto-brief/download`. */
  readonly path: string;
  /** The query parameters that say what is shown; no other parameter may be added. */
  readonly shows?: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
  /** @default GET */
  readonly method?: string;
}

/** Lets the holder of a signed address in. Throws ForbiddenError for one that was changed or has expired. */
export type LinkVerifier = (event: APIGatewayProxyEventV2) => Promise<Caller>;

const expiryField = 'expires';
const signatureField = 'signature';

// A key shorter than what it makes would be the weaker part: SHA-256 has 32 bytes.
const shortestKey = 32;

// Gateways differ in whether they decode a path before they hand it on; of these characters there is one form.
const plainPath = /^\/[\w.~/-]*$/;

/** Path and query of a signed address. The key is a secret of the stack; nothing that a caller sent may choose the path. */
export function signedLink(link: Link, key: string): string {
  const { path, shows = {}, expiresAt, method = 'GET' } = link;
  if (!plainPath.test(path)) throw new Error(`A signed path has letters, digits and / _ . ~ - only: ${path}`);
  for (const field of [expiryField, signatureField])
    if (Object.hasOwn(shows, field)) throw new Error(`A signed address has a parameter ${field} of its own`);
  // Rounded up: a link is good for at least as long as it says.
  const expires = String(Math.ceil(expiresAt.getTime() / 1000));
  const signature = signatureOf({ method, path, shows, expires }, key);
  return `${path}?${new URLSearchParams([...Object.entries(shows), [expiryField, expires], [signatureField, signature]])}`;
}

/** Verifies signed addresses; the keys are asked for at each request, and each of them is good. */
export function linkVerifier(parts: {
  readonly keys: () => Promise<readonly string[]>;
  readonly clock: Clock;
}): LinkVerifier {
  return async (event) => {
    const { [expiryField]: expires = '', [signatureField]: signature = '', ...shows } = parametersOf(event);
    const { method } = event.requestContext.http;
    const signed = { method, path: event.rawPath, shows, expires };
    const expected = (await parts.keys()).map((key) => signatureOf(signed, key));
    const isRight = expected.map((one) => isEqual(signature, one)).includes(true);
    const isSigned = plainPath.test(event.rawPath) && /^\d{1,12}$/.test(expires) && isRight;
    if (!isSigned)
      throw new ForbiddenError('This address is only good with its signature, and exactly as it was sent.');
    if (Number(expires) * 1000 <= parts.clock().getTime()) throw new ForbiddenError('This address has expired.');
    return { name: 'link', scheme: 'link', permissions: [] };
  };
}

/** As the route sees them: of a parameter that came twice, both values in one text. */
function parametersOf({ queryStringParameters }: APIGatewayProxyEventV2): Record<string, string> {
  return Object.fromEntries(Object.entries(queryStringParameters ?? {}).map(([name, value]) => [name, value ?? '']));
}

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly shows: Readonly<Record<string, string>>;
  readonly expires: string;
}

function signatureOf({ method, path, shows, expires }: Signed, key: string): string {
  if (key.length < shortestKey) throw new Error(`The key of signed addresses has fewer than ${shortestKey} characters`);
  const pairs = Object.entries(shows).toSorted(([one], [other]) => (one < other ? -1 : 1));
  // JSON keeps the parts apart, whatever they contain; the first word keeps it apart from what else a key signs.
  const text = JSON.stringify(['link', method, path, pairs, expires]);
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** In a time that tells nothing of where they differ. */
function isEqual(offered: string, expected: string): boolean {
  const [one, other] = [Buffer.from(offered), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
