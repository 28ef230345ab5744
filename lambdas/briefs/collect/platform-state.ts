/** The state of a platform as people see it: what stands behind it is its breaker, which all workers share. */
export type PlatformState = 'working' | 'slowed' | 'blocked' | 'needs-login' | 'no-balance' | 'paused';

/** How a call ended, as far as the platform's state is concerned. */
export type CallOutcome = 'answered' | 'throttled' | 'blocked' | 'login-wanted' | 'no-balance' | 'failed';

/** The states that only a person ends: calls don't wait for that. */
export const needsPerson: ReadonlySet<PlatformState> = new Set(['needs-login', 'no-balance']);

/** The states that a person hears of. One that is slowed goes on by itself. */
export const isTold: ReadonlySet<PlatformState> = new Set([...needsPerson, 'blocked']);

const secondMs = 1000;

/**
 * Pauses double from the first to the longest. A captcha that is answered by further calls lasts for hours; the person
 * who renews a login or pays is waited for, and a call in between shows that it is done.
 */
const refusals = {
  throttled: { reason: 'slowed', pause: { firstMs: 5 * secondMs, longestMs: 5 * 60 * secondMs } },
  blocked: { reason: 'blocked', pause: { firstMs: 60 * secondMs, longestMs: 60 * 60 * secondMs } },
  'login-wanted': { reason: 'needs-login', pause: { firstMs: 15 * 60 * secondMs, longestMs: 60 * 60 * secondMs } },
  'no-balance': { reason: 'no-balance', pause: { firstMs: 15 * 60 * secondMs, longestMs: 60 * 60 * secondMs } },
} as const satisfies Partial<Record<CallOutcome, { readonly reason: PlatformState; readonly pause: object }>>;

/** What a call's end means for the breaker of its platform. */
export function turnOutcome(outcome: CallOutcome) {
  return outcome === 'answered' || outcome === 'failed'
    ? ({ kind: outcome } as const)
    : ({ kind: 'refused', ...refusals[outcome] } as const);
}

/** The state that a breaker stands for: open ones have it as their reason, or are outages. */
export function stateOf(breaker: {
  readonly state: 'closed' | 'open' | 'paused';
  readonly reason?: string;
}): PlatformState {
  if (breaker.state === 'closed') return 'working';
  if (breaker.state === 'paused') return 'paused';
  return Object.values(refusals).find(({ reason }) => reason === breaker.reason)?.reason ?? 'slowed';
}

/** Tries of one call at most. A stage waits for its details, which it can do without; a probe says what it was told. */
export const mostTries = { search: 5, user: 2, note: 2, probe: 1 } as const;

/** When a call that failed comes again: 2, 4, 8 and 16 seconds, each with up to half as much again. */
export function retryAt(attempt: number, now: Date, random: () => number): Date {
  const baseMs = 2 ** attempt * secondMs;
  return new Date(now.getTime() + baseMs * (1 + random() / 2));
}

/** The name of a platform's row where breakers and pace are kept. */
export function siteOf(platform: string): string {
  return `briefs/${platform}`;
}
