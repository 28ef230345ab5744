/** The state of a platform, shared by all workers: it alone is slowed or stopped by what it answers. */
export type PlatformState = 'working' | 'slowed' | 'blocked' | 'needs-login' | 'no-balance' | 'paused';

/** How a call ended, as far as the platform's state is concerned. */
export type CallOutcome = 'answered' | 'throttled' | 'blocked' | 'login-wanted' | 'no-balance' | 'failed';

/** A platform's state, and until when no call is made. */
export interface Breaker {
  readonly state: PlatformState;
  /** Refusals and failures in a row. */
  readonly failures: number;
  /** A stopped platform is tried with a single call afterwards; `undefined` waits for a person, or for nothing. */
  readonly until: Date | undefined;
}

const secondMs = 1000;

/** Pauses double from the first to the longest. A captcha that is answered by further calls lasts for hours. */
const pauses = {
  throttled: { firstMs: 5 * secondMs, longestMs: 5 * 60 * secondMs },
  blocked: { firstMs: 60 * secondMs, longestMs: 60 * 60 * secondMs },
  // The person who renews a login or pays is waited for; a call in between shows that it is done.
  stopped: { firstMs: 15 * 60 * secondMs, longestMs: 60 * 60 * secondMs },
} as const;

// A site may fail a few times for its own reasons; five in a row are an outage.
const failuresOfAnOutage = 5;

/** The state after a call. A platform that a person has paused stays so. */
export function afterCall(before: Breaker, outcome: CallOutcome, now: Date): Breaker {
  if (before.state === 'paused') return before;
  if (outcome === 'answered') return { state: 'working', failures: 0, until: undefined };
  const failures = before.failures + 1;
  const stopped = (state: PlatformState, pause: Pause): Breaker => ({
    state,
    failures,
    until: later(now, pause, failures),
  });
  switch (outcome) {
    case 'throttled':
      return stopped('slowed', pauses.throttled);
    case 'blocked':
      return stopped('blocked', pauses.blocked);
    case 'login-wanted':
      return stopped('needs-login', pauses.stopped);
    case 'no-balance':
      return stopped('no-balance', pauses.stopped);
    case 'failed':
      return failures < failuresOfAnOutage
        ? { ...before, failures }
        : { state: 'slowed', failures, until: later(now, pauses.throttled, failures - failuresOfAnOutage + 1) };
  }
}

interface Pause {
  readonly firstMs: number;
  readonly longestMs: number;
}

function later(now: Date, { firstMs, longestMs }: Pause, times: number): Date {
  return new Date(now.getTime() + Math.min(firstMs * 2 ** (times - 1), longestMs));
}

/** How many calls may be under way: all that its concurrency allows, one as a trial after a stop, none before it ends. */
export function callsAllowed({ state, until }: Breaker, concurrency: number, now: Date): number {
  if (state === 'paused') return 0;
  if (state === 'working') return concurrency;
  return until === undefined || until > now ? 0 : 1;
}

/** Tries of one call at most. */
export const mostAttempts = 5;

/** When a call that failed comes again: 2, 4, 8 and 16 seconds, each with up to half as much again. */
export function retryAt(attempt: number, now: Date, random: () => number): Date {
  const baseMs = 2 ** attempt * secondMs;
  return new Date(now.getTime() + baseMs * (1 + random() / 2));
}
