/** How much is allowed: so many at once, and so many a second in the long run. */
export interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket for each key, in this process. */
export interface TokenBuckets {
  /** Takes one; false when there is none left. */
  take(key: string, now: Date): boolean;
  /** Whether there is none left. */
  empty(key: string, now: Date): boolean;
}

/** Buckets for at most `most` keys: the one that was used longest ago gives way. */
export function tokenBuckets({ perSecond, burst }: Limit, most = 10_000): TokenBuckets {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  const tokensOf = (key: string, now: Date) => {
    const known = buckets.get(key);
    if (!known) return burst;
    const passed = Math.max(0, now.getTime() - known.at) / 1000;
    return Math.min(burst, known.tokens + passed * perSecond);
  };
  return {
    take(key, now) {
      const tokens = tokensOf(key, now);
      if (tokens < 1) return false;
      // Last in the map's order.
      buckets.delete(key);
      buckets.set(key, { tokens: tokens - 1, at: now.getTime() });
      if (buckets.size > most) for (const oldest of buckets.keys()) return buckets.delete(oldest);
      return true;
    },
    empty: (key, now) => tokensOf(key, now) < 1,
  };
}
