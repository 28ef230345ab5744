import { type ClickThrough, clickThrough, type UserSums } from '../statistics/click-through.ts';
import {
  type Comparison,
  compareProportions,
  type Interval,
  rateOf,
  sampleSize,
  waldInterval,
} from '../statistics/proportions.ts';
import { alwaysValidP, type Look } from '../statistics/sequential.ts';
import { checkSplit, type SplitCheck } from '../statistics/split.ts';
import type { Variant } from './assignment.ts';

/** Users of a variant up to the end of one day. */
export interface DayOfVariant {
  readonly day: string;
  /** Those who were shown something under the experiment. */
  readonly exposed: number;
  /** Those of them who clicked on it. */
  readonly clicked: number;
}

/** What the store knows of one variant. */
export interface VariantFacts {
  readonly variant: string;
  /** In the order of days, added up. */
  readonly days: readonly DayOfVariant[];
  readonly sums: UserSums;
}

export interface VariantResult {
  readonly variant: string;
  readonly traffic: number;
  readonly users: number;
  readonly clicked: number;
  readonly rate: number | null;
  readonly interval: Interval | null;
  readonly impressions: number;
  readonly clicks: number;
  readonly click_through: ClickThrough | null;
  /** Beside the first variant; null of the first itself, and while nothing can be compared. */
  readonly comparison: (Comparison & { readonly p_at_any_time: number; readonly significant: boolean }) | null;
}

export interface ExperimentResults {
  readonly variants: readonly VariantResult[];
  readonly split: SplitCheck | null;
  /** Users that each variant needs for the least lift worth finding, from what the first one shows. */
  readonly sample_size: number | null;
  /** The variant that is better beyond doubt, if one is. */
  readonly winner: string | null;
  readonly warnings: readonly string[];
}

/** Wrong at most so often, for an experiment as a whole. */
const alpha = 0.05;

/** The warning that users are split otherwise than was asked for. */
export const splitWarning = '实际分流与设定的流量分配不符，结果不可信';

const none: Omit<DayOfVariant, 'day'> = { exposed: 0, clicked: 0 };
const proportion = ({ exposed, clicked }: Omit<DayOfVariant, 'day'>) => ({ successes: clicked, trials: exposed });

/** Both variants day by day; a variant without a row of a day stands where it stood before. */
function looksOf(control: VariantFacts | undefined, treatment: VariantFacts | undefined): Look[] {
  const days = new Set([...(control?.days ?? []), ...(treatment?.days ?? [])].map(({ day }) => day));
  const upTo = (facts: VariantFacts | undefined, day: string) => facts?.days.findLast((row) => row.day <= day) ?? none;
  return [...days]
    .sort()
    .map((day) => ({ control: proportion(upTo(control, day)), treatment: proportion(upTo(treatment, day)) }));
}

interface Asked {
  readonly variants: readonly Variant[];
  /** The least lift worth finding, as a part of the first variant's rate. */
  readonly least_lift: number;
}

/**
 * What an experiment shows: every variant beside the first. Users are compared, for users are what is assigned. Its
 * verdict holds at any time, and for all comparisons together: with several, each gets its part of alpha.
 */
export function resultsOf({ variants, least_lift }: Asked, facts: readonly VariantFacts[]): ExperimentResults {
  const of = (name: string) => facts.find(({ variant }) => variant === name);
  const [first] = variants;
  const control = first && of(first.name);
  const each = alpha / Math.max(1, variants.length - 1);
  const results = variants.map(({ name, traffic }): VariantResult => {
    const found = of(name);
    const total = found?.days.at(-1) ?? none;
    const compared =
      name === first?.name ? null : compareProportions(proportion(control?.days.at(-1) ?? none), proportion(total));
    const p = alwaysValidP(looksOf(control, found), least_lift);
    return {
      variant: name,
      traffic,
      users: total.exposed,
      clicked: total.clicked,
      rate: rateOf(proportion(total)),
      interval: waldInterval(proportion(total)),
      impressions: found?.sums.impressions ?? 0,
      clicks: found?.sums.clicks ?? 0,
      click_through: found ? clickThrough(found.sums) : null,
      comparison: compared && { ...compared, p_at_any_time: p, significant: p <= each },
    };
  });
  const split = checkSplit(results);
  return {
    variants: results,
    split,
    sample_size: sampleSize({ baseline: results[0]?.rate ?? 0, lift: least_lift, alpha: each }),
    winner: split?.mismatch ? null : winnerOf(results),
    warnings: split?.mismatch ? [splitWarning] : [],
  };
}

/** The best of those that are significantly better than the first; the first where all others are significantly worse. */
function winnerOf(results: readonly VariantResult[]): string | null {
  const others = results.slice(1);
  const [best] = others
    .filter(({ comparison }) => comparison?.significant && comparison.difference > 0)
    .sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
  if (best) return best.variant;
  const allWorse = others.every(({ comparison }) => comparison?.significant && comparison.difference < 0);
  return others.length > 0 && allWorse ? (results[0]?.variant ?? null) : null;
}
