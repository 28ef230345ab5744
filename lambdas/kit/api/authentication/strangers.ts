import { type Limit, tokenBuckets } from './token-buckets.ts';

/**
 * What one function instance answers to one address that shows nothing that is right: a client with a wrong clock or an old
 * password gets 200 words about it, and then five a second, which is more than a person reads.
 */
export const strangerLimit: Limit = { perSecond: 5, burst: 200 };

// Addresses cost an attacker nothing: of however many, an instance answers ten times what it answers to one.
const addressesAtOnce = 10;

/** Requests of callers who aren't known. Known ones have a bucket of their own, which none of these takes from. */
export interface Strangers {
  /** Takes one; seconds to wait where there is none left. */
  count(address: string, now: Date): number | undefined;
}

/** Counts in this process. */
export function strangersInMemory({ perSecond, burst }: Limit = strangerLimit): Strangers {
  const ofAddress = tokenBuckets({ perSecond, burst });
  const ofAll = tokenBuckets({ perSecond: perSecond * addressesAtOnce, burst: burst * addressesAtOnce }, 1);
  const seconds = Math.ceil(1 / perSecond);
  return {
    // One that is refused by its own bucket takes nothing from the others'.
    count: (address, now) => (ofAddress.take(address, now) && ofAll.take('', now) ? undefined : seconds),
  };
}
