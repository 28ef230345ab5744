import * as z from 'zod';

/** What a function that answers callers is told about them. */
export const callerEnv = {
  /** ARN of the secret of the users. */
  USERS_SECRET: z.string().min(1),
  /** Of one credential, in the long run and at once. */
  CALLER_REQUESTS_PER_SECOND: z.coerce.number().positive(),
  CALLER_BURST: z.coerce.number().int().positive(),
};

export type CallerEnv = { readonly [K in keyof typeof callerEnv]: z.output<(typeof callerEnv)[K]> };
