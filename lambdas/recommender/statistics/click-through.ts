import { type Interval, intervalAround } from './proportions.ts';

/** Sums over the users of a group: impressions (x) and clicks (y) of each, their squares and products. */
export interface UserSums {
  readonly users: number;
  readonly impressions: number;
  readonly clicks: number;
  readonly impressions_squared: number;
  readonly clicks_squared: number;
  readonly products: number;
}

export interface ClickThrough {
  readonly ctr: number;
  /** Null with fewer than two users: nothing tells how users differ. */
  readonly interval: Interval | null;
}

/**
 * Clicks / impressions with an interval by the delta method: impressions of one user are no independent draws, so that
 * the interval comes from how users differ. var(y/x) = (var y - 2 r cov(x, y) + r² var x) / (n mean(x)²).
 */
export function clickThrough(sums: UserSums, confidence = 0.95): ClickThrough | null {
  const { users, impressions, clicks } = sums;
  if (impressions === 0) return null;
  const ctr = clicks / impressions;
  if (users < 2) return { ctr, interval: null };
  const covariance = (products: number, x: number, y: number) => (products - (x * y) / users) / (users - 1);
  const spread =
    covariance(sums.clicks_squared, clicks, clicks) -
    2 * ctr * covariance(sums.products, impressions, clicks) +
    ctr ** 2 * covariance(sums.impressions_squared, impressions, impressions);
  const error = Math.sqrt(Math.max(0, spread) / users) / (impressions / users);
  return { ctr, interval: intervalAround(ctr, error, confidence) };
}
