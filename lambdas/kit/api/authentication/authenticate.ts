import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Clock } from '../../clock.ts';
import { TooManyRequestsError, UnauthorizedError } from '../../errors.ts';
import type { Authenticator } from '../authentication.ts';
import { type Credential, readCredential, schemeOf } from './credential.ts';
import { type FailedAttempts, pairOf, waitSeconds } from './failed-attempts.ts';
import { askedOf } from './schemes.ts';
import { readTimestamp } from './timestamp.ts';
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
  /** The name and address, where others may have guessed at its password; a token is not guessed. */
  readonly pair?: string | undefined;
}

/** `must wait`: too many wrong passwords came from there, counted by another instance. */
export const verdicts = ['admitted', 'too many', 'must wait'] as const;
export type Verdict = (typeof verdicts)[number];

/** Counts a request. Throws UnavailableError where that can't be asked. */
export type Admit = (admission: Admission) => Promise<Verdict>;

export interface AuthenticatorParts {
  readonly users: UserBook;
  readonly admit: Admit;
  readonly clock: Clock;
  /** Failed attempts by name and address. */
  readonly attempts: FailedAttempts;
  /** The timestamp is looked at before the header: the order of `/api/v1`. @default only where the scheme has one */
  readonly timestampFirst?: boolean;
}

/**
 * Tells who called: the timestamp first, then the header, the credential, and whether it is one too many. Every request
 * within a password's 60 s is let in: existing clients list and submit within one second of a whole timestamp.
 */
export function authenticator(parts: AuthenticatorParts): Authenticator {
  const { users, clock, attempts } = parts;
  return async (event) => {
    const now = clock();
    const timestamp = isTimed(event, parts.timestampFirst) ? readTimestamp(event, now) : undefined;
    const credential = readCredential(event.headers.authorization);
    const asked = askedOf(event);
    const pair = pairTried(credential, event);
    // Whether the password would have been right is not told: one who guesses learns nothing more.
    const waiting = pair === undefined ? undefined : attempts.waiting(pair, now);
    if (waiting !== undefined) throw tooManyFailures(waiting);
    const known = await knownTo(users, { credential, timestamp, asked });
    if (!known) throw await refused(parts, { credential, pair, now });
    await admitted(parts.admit, known, pair);
    const { name, permissions, tenants } = known.user;
    return { name, scheme: credential.scheme, permissions, tenants };
  };
}

function isTimed({ headers }: APIGatewayProxyEventV2, first: boolean | undefined): boolean {
  const scheme = schemeOf(headers.authorization);
  return scheme !== 'bearer' && (first === true || scheme !== undefined);
}

/**
 * By name and address: an attacker elsewhere closes the door to themselves, never to the user. The address is the
 * gateway's word, never a header's. Tokens aren't guessed.
 */
function pairTried(credential: Credential, { requestContext }: APIGatewayProxyEventV2): string | undefined {
  return credential.scheme === 'bearer' ? undefined : pairOf(credential.user, requestContext.http.sourceIp);
}

/** Counts a credential that opens nothing; past the limit the answer is the same for a right one. */
async function refused(
  { users, attempts }: AuthenticatorParts,
  { credential, pair, now }: { credential: Credential; pair: string | undefined; now: Date },
): Promise<Error> {
  if (credential.scheme === 'bearer' || pair === undefined) return new UnauthorizedError('The token is not valid.');
  const names = (await users.current()).map(({ name }) => name);
  const waiting = await attempts.count({ pair, isKnown: names.includes(credential.user) }, now);
  if (waiting !== undefined) return tooManyFailures(waiting);
  return new UnauthorizedError('The user is unknown or the password is wrong.');
}

function tooManyFailures(seconds: number): TooManyRequestsError {
  return new TooManyRequestsError('Too many failed attempts.', seconds);
}

/** Whoever isn't known may be new: the users are asked for once more before anybody is sent away. */
async function knownTo(users: UserBook, tried: Tried): Promise<Known | undefined> {
  const known = verify(tried, await users.current());
  if (known) return known;
  const renewed = await users.renewed();
  return renewed && verify(tried, renewed);
}

async function admitted(admit: Admit, { by }: Known, pair: string | undefined): Promise<void> {
  const verdict = await admit({ credential: by, pair });
  if (verdict === 'must wait') throw tooManyFailures(waitSeconds);
  if (verdict === 'too many') throw new TooManyRequestsError('Too many requests.', 1);
}
