import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from '../../once.ts';
import type { Credential } from './credential.ts';
import { type Asked, dynamicPassword, sha256, signature, signedTargets, signedText } from './schemes.ts';
import type { Timestamp } from './timestamp.ts';
import type { User, Way } from './users.ts';

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export type Equal = (one: string, other: string) => boolean;

const equalInConstantTime: Equal = (one, other) =>
  timingSafeEqual(Buffer.from(sha256(one), 'hex'), Buffer.from(sha256(other), 'hex'));

/** What a credential is tried on. */
export interface Tried {
  readonly credential: Credential;
  /** There for the two schemes that have one. */
  readonly timestamp: Timestamp | undefined;
  readonly asked: Asked;
  /** Whether a password before still opens is a matter of now. */
  readonly now: Date;
}

/** A user who is let in, and what they were let in by: all schemes of a password are one, each token is one. */
export interface Known {
  readonly user: User;
  readonly by: string;
}

/**
 * The user whom a credential shows, or `undefined`: unknown, disabled, bound to another way or wrong, which look alike. For an unknown
 * name an invented user is tried, so that each failure makes as many comparisons as a success.
 */
export function verify(tried: Tried, users: readonly User[], equal: Equal = equalInConstantTime): Known | undefined {
  const { credential } = tried;
  if (credential.scheme === 'bearer') return ownerOf(credential.token, users, equal);
  // All are looked at: the time must not tell who is among them.
  const [named] = users.filter(({ name }) => name === credential.user);
  const user = named ?? nobody();
  const right = someEqual(offeredOf(credential), expectedOf(tried, user), equal);
  return named && right && letsIn(user, credential.scheme) ? { user, by: `user ${user.name}` } : undefined;
}

/** Whether a user is let in at all, and by this way. */
function letsIn({ disabled, only }: User, way: Way): boolean {
  return !disabled && (only === undefined || only.includes(way));
}

/** A user for comparisons that must fail; its password is known to no one. */
const nobody = once(
  (): User => ({
    name: '',
    // As long as those that are generated: a digest takes its time by the block.
    password: randomBytes(36).toString('base64'),
    tokens: [],
    disabled: true,
    permissions: [],
  }),
);

function offeredOf(credential: Exclude<Credential, { scheme: 'bearer' }>): string {
  return credential.scheme === 'basic' ? credential.password : credential.signature;
}

/** All texts that would be right; as many for every user. */
function expectedOf(tried: Tried, user: User): readonly string[] {
  return passwordsOf(user, tried.now).flatMap((password) => expectedWith(tried, password));
}

function expectedWith({ credential, timestamp, asked }: Tried, password: string): readonly string[] {
  if (!timestamp) return [];
  if (credential.scheme === 'basic') return timestamp.forms.map((form) => dynamicPassword(password, form));
  const { method, bodySha256 } = asked;
  return signedTargets(asked).map((target) =>
    signature(password, signedText({ method, target, timestamp: timestamp.sent, bodySha256 })),
  );
}

/** Always two: the time must not tell whose password is being rotated. */
function passwordsOf({ password, previous }: User, now: Date): readonly [string, string] {
  const opens = previous !== undefined && now.getTime() < Date.parse(previous.until);
  return [password, opens ? previous.password : nobody().password];
}

function ownerOf(offered: string, users: readonly User[], equal: Equal): Known | undefined {
  const digest = sha256(offered);
  const all = users.flatMap((user) => user.tokens.map((token) => ({ user, token })));
  // Every token is compared, so that the time says nothing about which came close.
  const matching = all.filter(({ token }) => equal(token.sha256, digest));
  const found = matching.find(({ user }) => letsIn(user, 'token'));
  return found && { user: found.user, by: `token ${found.token.id}` };
}

/** Compares with all, however early one fits. */
function someEqual(offered: string, expected: readonly string[], equal: Equal): boolean {
  return expected.map((one) => equal(one, offered)).includes(true);
}
