import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { UnauthorizedError } from '../errors.ts';

/** Who called. Logged with the request; never the credential itself. */
export interface Caller {
  /** The user's name. */
  readonly name: string;
  readonly scheme: 'basic' | 'hmac' | 'bearer' | 'none';
}

/** Who calls a route that asks for nobody's name. */
export const anonymous: Caller = { name: 'anonymous', scheme: 'none' };

/** Says who called, or throws {@link UnauthorizedError} in words that tell nothing about what exists. */
export type Authenticator = (event: APIGatewayProxyEventV2) => Promise<Caller>;

/** `Authorization: Bearer <token>` (RFC 6750) against the tokens that are valid now. */
export function bearerTokens(validTokens: () => Promise<readonly string[]>): Authenticator {
  return async (event) => {
    const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(event.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new UnauthorizedError('A Bearer token is needed.');
    const offered = digest(token);
    // Every token is compared, in constant time, so that the time says nothing about which came close.
    const matches = (await validTokens()).filter((valid) => timingSafeEqual(digest(valid), offered));
    if (matches.length === 0) throw new UnauthorizedError('The Bearer token is not valid.');
    return { name: 'api', scheme: 'bearer' };
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
