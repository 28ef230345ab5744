import * as z from 'zod';
import { verdicts } from '#kit/api/authentication/authenticate.ts';
import { callerEnv } from '#kit/api/authentication/env.ts';

/** What functions without the database ask the one that has it about a caller. */

export const admitCallerEnv = z.object({
  DATABASE_URL: z.string().min(1),
  CALLER_REQUESTS_PER_SECOND: callerEnv.CALLER_REQUESTS_PER_SECOND,
  CALLER_BURST: callerEnv.CALLER_BURST,
});

const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const admission = z.object({ credential: z.string().min(1).max(200), pair: digest.optional() });

export const admissionAnswer = z.object({ verdict: z.enum(verdicts) });
