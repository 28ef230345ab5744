import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Clock } from '../../clock.ts';
import { TooManyRequestsError, UnauthorizedError } from '../../errors.ts';
import type { Authenticator } from '../authentication.ts';
import { type Credential, readCredential, schemeOf } from './credential.ts';
import { attemptsInMemory, type FailedAttempts, mostFailures, pairOf, waitSeconds } from './failed-attempts.ts';
import { askedOf } from './schemes.ts';
import { type Strangers, strangersInMemory } from './strangers.ts';
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
  /** Callers who show nothing that is right. @default counted by this instance */
  readonly strangers?: Strangers;
  /** What one instance reads of wrong passwords of a pair while their sender is told to wait as a stranger. @default all that a pair has */
  readonly shareOfFailures?: number;
}

/**
 * Tells who called: the timestamp first, then the header, the credential, and whether it is one too many. Every request
 * within a password's 60 s is let in: existing clients list and submit within one second of a whole timestamp.
 */
export function authenticator(parts: AuthenticatorParts): Authenticator {
  const { users, clock, attempts, strangers = strangersInMemory() } = parts;
  // A right password is let in during a flood as well, so that guesses are counted then, too: here alone, at no cost elsewhere.
  const inFlood = attemptsInMemory(parts.shareOfFailures ?? mostFailures);
  // Only after they have shown nothing that is right: no stranger, at the same address neither, takes a known caller's place.
  const turnedAway = (event: APIGatewayProxyEventV2, now: Date): Error | undefined => {
    const seconds = strangers.count(event.requestContext.http.sourceIp, now);
    return seconds === undefined
      ? undefined
      : new TooManyRequestsError('Too many requests of an unknown caller.', seconds);
  };
  return async (event) => {
    const now = clock();
    let tried: Tried;
    try {
      tried = triedIn(event, now, parts.timestampFirst);
    } catch (fault) {
      throw turnedAway(event, now) ?? fault;
    }
    const { credential } = tried;
    const pair = pairTried(credential, event);
    // Whether the password would have been right is not told: one who guesses learns nothing more.
    const waiting = pair === undefined ? undefined : (attempts.waiting(pair, now) ?? inFlood.waiting(pair, now));
    if (waiting !== undefined) throw tooManyFailures(waiting);
    const known = await knownTo(users, tried);
    if (!known) {
      const away = turnedAway(event, now);
      const refusal = await refused({ users, attempts: away ? inFlood : attempts }, { credential, pair, now });
      throw away ?? refusal;
    }
    await admitted(parts.admit, known, pair);
    const { name, permissions, tenants } = known.user;
    return { name, scheme: credential.scheme, permissions, tenants };
  };
}

/** Throws what is wrong with the request, before anybody is asked about it. */
function triedIn(event: APIGatewayProxyEventV2, now: Date, timestampFirst: boolean | undefined): Tried {
  const timestamp = isTimed(event, timestampFirst) ? readTimestamp(event, now) : undefined;
  return { credential: readCredential(event.headers.authorization), timestamp, asked: askedOf(event), now };
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
  { users, attempts }: Pick<AuthenticatorParts, 'users' | 'attempts'>,
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

/** An unknown user may be new: the users are read once more before a caller is refused. */
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
