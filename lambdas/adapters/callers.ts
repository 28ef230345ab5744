import { authenticator } from '#kit/api/authentication/authenticate.ts';
import type { CallerEnv } from '#kit/api/authentication/env.ts';
import { shareOf } from '#kit/api/authentication/failed-attempts.ts';
import type { Authenticator } from '#kit/api/authentication.ts';
import { admitByDatabase } from './callers/admit-by-database.ts';
import { attemptsInDatabase } from './callers/attempts-in-database.ts';
import { limitOf } from './callers/limit.ts';
import { userBook } from './callers/user-book.ts';
import { systemClock } from './clock.ts';
import { apiDatabase } from './database/api-database.ts';

/** All schemes, for a function that has the database: one statement of its connection counts. */
export function authenticateCallers(
  env: CallerEnv & { readonly DATABASE_URL: string },
  options: { readonly timestampFirst?: true } = {},
): Authenticator {
  const database = apiDatabase<unknown>(env.DATABASE_URL);
  const place = { database, pauses: env.DATABASE_PAUSES === 'yes', instances: env.CALLER_INSTANCES };
  return authenticator({
    users: userBook(env, systemClock),
    admit: admitByDatabase(database, limitOf(env)),
    attempts: attemptsInDatabase(place),
    shareOfFailures: shareOf(env.CALLER_INSTANCES),
    clock: systemClock,
    ...options,
  });
}
