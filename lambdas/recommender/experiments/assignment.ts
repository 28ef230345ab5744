import { createHash } from 'node:crypto';

/** What an experiment compares: a name, its share of the users in whole percents, and what it changes. */
export interface Variant {
  readonly name: string;
  readonly traffic: number;
}

/** All 128 bits of the digest: their first 32 would put other users into other buckets. */
const hundred = 100n;

/** Where a user stands in an experiment, 0 to 99: always the same place, and another in another experiment. */
export function bucketOf(experimentId: string, userId: string): number {
  const digest = createHash('md5').update(`${experimentId}:${userId}`).digest('hex');
  return Number(BigInt(`0x${digest}`) % hundred);
}

/** The variant that a user gets: the first whose shares, added up in their order, go beyond the user's bucket. */
export function assign<V extends Variant>(
  { experiment_id, variants }: { readonly experiment_id: string; readonly variants: readonly V[] },
  userId: string,
): V {
  const bucket = bucketOf(experiment_id, userId);
  let upTo = 0;
  for (const variant of variants) {
    upTo += variant.traffic;
    if (bucket < upTo) return variant;
  }
  throw new RangeError(`The shares of ${experiment_id} end at ${upTo}, below bucket ${bucket}`);
}
