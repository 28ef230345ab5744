import type { UserBook } from '#kit/api/authentication/authenticate.ts';
import type { UsersEnv } from '#kit/api/authentication/env.ts';
import { readUsers, type User } from '#kit/api/authentication/users.ts';
import type { Clock } from '#kit/clock.ts';
import { UnavailableError } from '#kit/errors.ts';
import { asError, logger } from '#kit/telemetry.ts';
import { freshSecretText } from '../secrets.ts';

// A new user or password is known at once: a miss asks again. Many wrong passwords don't ask more often.
const missesInFreshTime = 6;
// While the secret can't be read, the users of before stay known, for this long.
const staleMs = 15 * 60_000;

/**
 * The users of a secret, kept by each function instance for USERS_FRESH_MS: a user who is removed, disabled or rotated away
 * stays known for so long. Throws {@link UnavailableError}.
 */
export function userBook(
  { USERS_SECRET: secretArn, USERS_FRESH_MS: freshMs }: Omit<UsersEnv, 'CALLER_INSTANCES'>,
  clock: Clock,
): UserBook {
  const renewMs = freshMs / missesInFreshTime;
  let kept: { readonly users: readonly User[]; readonly at: number } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  async function ask(now: number): Promise<readonly User[]> {
    askedAt = now;
    try {
      const users = readUsers(await freshSecretText(secretArn));
      kept = { users, at: now };
      return users;
    } catch (error) {
      logger().error('The users can’t be read', asError(error));
      if (kept && now - kept.at < staleMs) return kept.users;
      throw new UnavailableError('The users can’t be read', { cause: error });
    }
  }

  return {
    async current() {
      const now = clock().getTime();
      const age = now - (kept?.at ?? Number.NEGATIVE_INFINITY);
      const isGood = age < freshMs || (age < staleMs && now - askedAt < renewMs);
      return kept && isGood ? kept.users : ask(now);
    },
    async renewed() {
      const now = clock().getTime();
      return now - askedAt < renewMs ? undefined : ask(now);
    },
  };
}
