import { upperQuantile, upperTail } from './normal.ts';

/** So many of so many: users with a click of the users exposed. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/** A value's lower and upper bound. */
export type Interval = readonly [lower: number, upper: number];

/** The share; null where there were no trials. */
export const rateOf = ({ successes, trials }: Proportion): number | null => (trials > 0 ? successes / trials : null);

/** The interval around a value whose standard error is known. */
export function intervalAround(value: number, error: number, confidence = 0.95): Interval {
  const reach = upperQuantile((1 - confidence) / 2) * error;
  return [value - reach, value + reach];
}

/** Wald's interval of a share; shares end at 0 and at 1. */
export function waldInterval(given: Proportion, confidence = 0.95): Interval | null {
  const rate = rateOf(given);
  if (rate === null) return null;
  const [lower, upper] = intervalAround(rate, Math.sqrt((rate * (1 - rate)) / given.trials), confidence);
  return [Math.max(0, lower), Math.min(1, upper)];
}

export interface Comparison {
  /** How many standard errors the second share is above the first, both pooled. */
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  /** By how much the second share is above the first, as a part of the first: null where the first is 0. */
  readonly lift: number | null;
  readonly difference: number;
  /** Of the difference, unpooled. */
  readonly interval: Interval;
}

/** The pooled z-test of two shares; null while nothing can be compared: there were no trials, or all results are the same. */
export function compareProportions(first: Proportion, second: Proportion, confidence = 0.95): Comparison | null {
  const [a, b] = [rateOf(first), rateOf(second)];
  if (a === null || b === null) return null;
  const pooled = (first.successes + second.successes) / (first.trials + second.trials);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials));
  if (error === 0) return null;
  const z = (b - a) / error;
  const apart = Math.sqrt((a * (1 - a)) / first.trials + (b * (1 - b)) / second.trials);
  return {
    z,
    p: 2 * upperTail(Math.abs(z)),
    lift: a === 0 ? null : (b - a) / a,
    difference: b - a,
    interval: intervalAround(b - a, apart, confidence),
  };
}

export interface Sought {
  /** The first group's share. */
  readonly baseline: number;
  /** The least lift worth finding, as a part of the baseline. */
  readonly lift: number;
  /** How often nothing may be taken for something. */
  readonly alpha?: number;
  /** How often such a lift is found. */
  readonly power?: number;
}

/** Users that each group needs: the variance of the pooled share stands in both terms. */
export function sampleSize({ baseline, lift, alpha = 0.05, power = 0.8 }: Sought): number | null {
  const raised = baseline * (1 + lift);
  const pooled = (baseline + raised) / 2;
  const difference = raised - baseline;
  if (difference === 0 || pooled <= 0 || pooled >= 1 || raised > 1) return null;
  const reach = upperQuantile(alpha / 2) + upperQuantile(1 - power);
  return Math.ceil((reach ** 2 * 2 * pooled * (1 - pooled)) / difference ** 2);
}
