import { covers, type StateFailure } from '../errors.ts';
import type { Catcher, Retrier } from '../language/definition.ts';

/**
 * The pause before the next attempt in ms, or undefined when the error isn't retried (again). The first Retrier that
 * covers the error decides, also when its attempts are used up. `retries` counts per Retrier and is updated.
 */
export function nextRetry(
  retriers: readonly Retrier[],
  retries: number[],
  { errorName }: StateFailure,
): number | undefined {
  const at = retriers.findIndex(({ ErrorEquals }) => covers(ErrorEquals, errorName));
  const retrier = retriers[at];
  if (retrier === undefined) return undefined;
  const done = retries[at] ?? 0;
  if (done >= retrier.MaxAttempts) return undefined;
  retriers.forEach((_, index) => {
    retries[index] = (retries[index] ?? 0) + (index === at ? 1 : 0);
  });
  return pauseMs(retrier, done);
}

function pauseMs(retrier: Retrier, done: number): number {
  const grown = retrier.IntervalSeconds * retrier.BackoffRate ** done;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY, 99_999_999);
  return Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? Math.random() : 1));
}

/** The first Catcher that covers the error, with its place for error texts. */
export function catcherFor(
  catchers: readonly Catcher[],
  { errorName }: StateFailure,
): { catcher: Catcher; field: string } | undefined {
  const at = catchers.findIndex(({ ErrorEquals }) => covers(ErrorEquals, errorName));
  const catcher = catchers[at];
  return catcher === undefined ? undefined : { catcher, field: `Catch[${at}]/` };
}
