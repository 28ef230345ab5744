/** Circuit breaker of a site. `open`: it isn't asked until then. `paused`: a person has stopped it. */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly failures: number; readonly reason: string; readonly until: Date }
  | { readonly state: 'paused'; readonly failures: number; readonly reason: string };

/** Pauses double from the first to the longest. */
export interface Pause {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How a request ended. `refused` opens the breaker at once, as 429, a captcha or a wanted login do. */
export type Outcome =
  | { readonly kind: 'answered' | 'failed' }
  | { readonly kind: 'refused'; readonly reason: string; readonly pause: Pause };

// A site may fail a few times for its own reasons; five in a row are an outage.
const failuresOfAnOutage = 5;
const outagePause: Pause = { firstMs: 5_000, longestMs: 5 * 60_000 };

/**
 * The breaker after a request. Of an open one only the trial tells: what was asked before it opened belongs to what opened
 * it, or would close it at once.
 */
export function afterRequest(
  before: Breaker,
  outcome: Outcome,
  { trial, now }: { trial: boolean; now: Date },
): Breaker {
  if (before.state === 'paused' || (before.state === 'open' && !trial)) return before;
  if (outcome.kind === 'answered') return { state: 'closed', failures: 0 };
  const failures = before.failures + 1;
  if (outcome.kind === 'refused') return opened(outcome.reason, outcome.pause, { failures, times: failures, now });
  // A trial that fails keeps it open, however few failures opened it.
  const times = Math.max(failures - failuresOfAnOutage + 1, before.state === 'open' ? 1 : 0);
  if (times <= 0) return { state: 'closed', failures };
  const reason = before.state === 'open' ? before.reason : 'outage';
  return opened(reason, outagePause, { failures, times, now });
}

/** How many requests may be under way: all of them, one as a trial of an open breaker whose time is over, or none. */
export function requestsAllowed(breaker: Breaker, atOnce: number, now: Date): number {
  if (breaker.state === 'closed') return atOnce;
  return breaker.state === 'open' && breaker.until <= now ? 1 : 0;
}

function opened(reason: string, pause: Pause, at: { failures: number; times: number; now: Date }): Breaker {
  const pauseMs = Math.min(pause.firstMs * 2 ** (at.times - 1), pause.longestMs);
  return { state: 'open', failures: at.failures, reason, until: new Date(at.now.getTime() + pauseMs) };
}
