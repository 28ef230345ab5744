import type { CallerEnv } from '#kit/api/authentication/env.ts';
import type { Limit } from '#kit/api/authentication/token-buckets.ts';

/** The limit of one credential. */
export function limitOf(env: Pick<CallerEnv, 'CALLER_REQUESTS_PER_SECOND' | 'CALLER_BURST'>): Limit {
  return { perSecond: env.CALLER_REQUESTS_PER_SECOND, burst: env.CALLER_BURST };
}
