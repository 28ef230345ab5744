import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Permission } from './authentication/users.ts';

/** Who called. Logged with the request; never the credential itself. */
export interface Caller {
  /** The user's name. */
  readonly name: string;
  /** `link`: the holder of a signed address. */
  readonly scheme: 'basic' | 'hmac' | 'bearer' | 'link' | 'none';
  /** What they were given, beyond what every user may. */
  readonly permissions: readonly Permission[];
  /** Whose data they work with, where data is tenants'. @default no tenant's */
  readonly tenants?: readonly string[];
}

/** The caller of a route that asks for no credentials. */
export const anonymous: Caller = { name: 'anonymous', scheme: 'none', permissions: [] };

/**
 * Says who called, or throws: FieldMissingError, WrongFieldTypeError and RequestExpiredError about the timestamp,
 * UnauthorizedError in words that tell nothing about who exists, TooManyRequestsError, UnavailableError.
 */
export type Authenticator = (event: APIGatewayProxyEventV2) => Promise<Caller>;
