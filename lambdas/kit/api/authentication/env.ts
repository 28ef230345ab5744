import * as z from 'zod';

/** Where a function finds the users. */
export const usersEnv = {
  /** ARN of their secret. */
  USERS_SECRET: z.string().min(1),
  /** How long who is gone stays known. */
  USERS_FRESH_MS: z.coerce.number().int().positive(),

  /** How many instances of the function there can be: each counts wrong passwords for its share. */
  CALLER_INSTANCES: z.coerce.number().int().positive(),
};

export type UsersEnv = { readonly [K in keyof typeof usersEnv]: z.output<(typeof usersEnv)[K]> };

/** What a function that answers callers is told about them. */
export const callerEnv = {
  ...usersEnv,
  /** Of one credential, in the long run and at once. */
  CALLER_REQUESTS_PER_SECOND: z.coerce.number().positive(),
  CALLER_BURST: z.coerce.number().int().positive(),
  /** Whether the database goes to sleep, and is then not woken to count a wrong password. */
  DATABASE_PAUSES: z.enum(['yes', 'no']),
};

export type CallerEnv = { readonly [K in keyof typeof callerEnv]: z.output<(typeof callerEnv)[K]> };
