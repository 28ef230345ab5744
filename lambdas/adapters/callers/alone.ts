import { authenticator } from '#kit/api/authentication/authenticate.ts';
import type { CallerEnv } from '#kit/api/authentication/env.ts';
import { attemptsInMemory, shareOf } from '#kit/api/authentication/failed-attempts.ts';
import { tokenBuckets } from '#kit/api/authentication/token-buckets.ts';
import type { Authenticator } from '#kit/api/authentication.ts';
import { systemClock } from '../clock.ts';
import { limitOf } from './limit.ts';
import { userBook } from './user-book.ts';

/**
 * All schemes, for functions that must answer without the database (health, a trial, behaviour), or need not wake it
 * (rules, queries, trainings): requests are counted in this instance, whose number the function's concurrency bounds. So a
 * credential may ask so many times more often; each of their changes has a bound of its own.
 */
export function authenticateAlone(env: CallerEnv): Authenticator {
  const requests = tokenBuckets(limitOf(env));
  return authenticator({
    users: userBook(env, systemClock),
    admit: async ({ credential }) => (requests.take(credential, systemClock()) ? 'admitted' : 'too many'),
    attempts: attemptsInMemory(shareOf(env.CALLER_INSTANCES)),
    shareOfFailures: shareOf(env.CALLER_INSTANCES),
    clock: systemClock,
  });
}
