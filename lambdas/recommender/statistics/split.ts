import { chiSquaredTail } from './normal.ts';

/** How many users a variant has, beside its share in whole percents. */
export interface Portion {
  readonly traffic: number;
  readonly users: number;
}

export interface SplitCheck {
  readonly chi_squared: number;
  readonly p: number;
  /** Whether users are split otherwise than was asked for: whatever the results say is then worth nothing. */
  readonly mismatch: boolean;
}

/** Wrong once in a thousand experiments looked at: what is customary for this check, which runs with every look. */
const suspicious = 0.001;

/**
 * Compares the split of users with what was asked for, by chi-squared over the variants. Users in a variant without a
 * share are a mismatch whatever their number.
 */
export function checkSplit(portions: readonly Portion[]): SplitCheck | null {
  const users = portions.reduce((sum, portion) => sum + portion.users, 0);
  const traffic = portions.reduce((sum, portion) => sum + portion.traffic, 0);
  const asked = portions.filter((portion) => portion.traffic > 0);
  if (users === 0 || asked.length < 2) return null;
  const strays = portions.some((portion) => portion.traffic === 0 && portion.users > 0);
  const chiSquared = asked.reduce((sum, portion) => {
    const expected = (users * portion.traffic) / traffic;
    return sum + (portion.users - expected) ** 2 / expected;
  }, 0);
  const p = chiSquaredTail(chiSquared, asked.length - 1);
  return { chi_squared: chiSquared, p, mismatch: strays || p < suspicious };
}
