import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Clock } from '../../clock.ts';
import { TooManyRequestsError, UnauthorizedError } from '../../errors.ts';
import type { Authenticator } from '../authentication.ts';
import { type Credential, readCredential, schemeOf } from './credential.ts';
import { askedOf } from './schemes.ts';
import { readTimestamp } from './timestamp.ts';
import { type TokenBuckets, tokenBuckets } from './token-buckets.ts';
import type { User } from './users.ts';
import { type Known, type Tried, verify } from './verify.ts';

/** Who may call now. */
export interface UserBook {
  /** As they were known a short while ago. */
  current(): Promise<readonly User[]>;
  /** Asked anew after a miss; `undefined` where that was done a moment ago. */
  renewed(): Promise<readonly User[] | undefined>;
}

/** A request whose credential is right, for the last question: is it one too many? */
export interface Admission {
  /** Whose requests are counted: a user's password, or one token. */
  readonly credential: string;
}

export const verdicts = ['admitted', 'too many'] as const;
export type Verdict = (typeof verdicts)[number];

/** Counts a request. Throws UnavailableError where that can't be asked. */
export type Admit = (admission: Admission) => Promise<Verdict>;

export interface AuthenticatorParts {
  readonly users: UserBook;
  readonly admit: Admit;
  readonly clock: Clock;
  /** Failed attempts by name and address. @default 30 at once, one every two seconds after that */
  readonly attempts?: TokenBuckets;
  /** The timestamp is looked at before the header: the order of `/api/v1`. @default only where the scheme has one */
  readonly timestampFirst?: boolean;
}

const guesses = { perSecond: 0.5, burst: 30 };

/**
 * Tells who called: the timestamp first, then the header, the credential, and whether it is one too many. Every request
 * within a password's 60 s is let in: existing clients list and submit within one second of a whole timestamp.
 */
export function authenticator(parts: AuthenticatorParts): Authenticator {
  const { users, clock, attempts = tokenBuckets(guesses) } = parts;
  return async (event) => {
    const now = clock();
    const timestamp = isTimed(event, parts.timestampFirst) ? readTimestamp(event, now) : undefined;
    const credential = readCredential(event.headers.authorization);
    const asked = askedOf(event);
    const guess = guessOf(credential, event);
    // Whether the password would have been right is not told: one who guesses learns nothing more.
    if (guess !== undefined && attempts.empty(guess, now))
      throw new TooManyRequestsError('Too many failed attempts.', Math.ceil(1 / guesses.perSecond));
    const known = await knownTo(users, { credential, timestamp, asked });
    if (!known) {
      if (guess !== undefined) attempts.take(guess, now);
      throw new UnauthorizedError(
        guess === undefined ? 'The token is not valid.' : 'The user is unknown or the password is wrong.',
      );
    }
    if ((await parts.admit({ credential: known.by })) === 'too many')
      throw new TooManyRequestsError('Too many requests.', 1);
    return { name: known.user.name, scheme: credential.scheme, permissions: known.user.permissions };
  };
}

function isTimed({ headers }: APIGatewayProxyEventV2, first: boolean | undefined): boolean {
  const scheme = schemeOf(headers.authorization);
  return scheme !== 'bearer' && (first === true || scheme !== undefined);
}

/** By name and address: an attacker elsewhere closes the door to themselves, never to the user. Tokens aren't guessed. */
function guessOf(credential: Credential, { requestContext }: APIGatewayProxyEventV2): string | undefined {
  return credential.scheme === 'bearer' ? undefined : `${requestContext.http.sourceIp} ${credential.user}`;
}

/** Whoever isn't known may be new: the users are asked for once more before anybody is sent away. */
async function knownTo(users: UserBook, tried: Tried): Promise<Known | undefined> {
  const known = verify(tried, await users.current());
  if (known) return known;
  const renewed = await users.renewed();
  return renewed && verify(tried, renewed);
}
