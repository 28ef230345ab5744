import { describe, expect, test } from 'vitest';
import { resultsOf, splitWarning, type VariantFacts } from '../../../lambdas/recommender/experiments/results.ts';

const halves = [
  { name: 'control', traffic: 50 },
  { name: 'treatment', traffic: 50 },
];

const facts = (variant: string, ...days: (readonly [exposed: number, clicked: number])[]): VariantFacts => ({
  variant,
  days: days.map(([exposed, clicked], day) => ({ day: `2026-11-${10 + day}`, exposed, clicked })),
  sums: {
    users: days.at(-1)?.[0] ?? 0,
    impressions: days.at(-1)?.[0] ?? 0,
    clicks: days.at(-1)?.[1] ?? 0,
    impressions_squared: days.at(-1)?.[0] ?? 0,
    clicks_squared: days.at(-1)?.[1] ?? 0,
    products: days.at(-1)?.[1] ?? 0,
  },
});

describe('the results of an experiment', () => {
  test('compare users beside the first variant, by the last day', () => {
    const { variants, winner, warnings } = resultsOf({ variants: halves, least_lift: 0.1 }, [
      facts('control', [5000, 220], [10_000, 456]),
      facts('treatment', [5000, 260], [10_000, 523]),
    ]);

    expect(variants[0]).toMatchObject({ users: 10_000, clicked: 456, rate: 0.0456, comparison: null });
    expect(variants[1]?.comparison?.z).toBeCloseTo(2.1957, 4);
    expect(variants[1]?.comparison?.p).toBeCloseTo(0.02811, 5);
    // The z-test alone would have it significant: one look of many isn't.
    expect(variants[1]?.comparison?.significant).toBe(false);
    expect({ winner, warnings }).toEqual({ winner: null, warnings: [] });
  });

  test('name a winner that is beyond doubt, and remember it', () => {
    const { variants, winner } = resultsOf({ variants: halves, least_lift: 0.1 }, [
      facts('control', [10_000, 450], [20_000, 1000]),
      facts('treatment', [10_000, 600], [20_000, 1080]),
    ]);

    expect(variants[1]?.comparison).toMatchObject({ significant: true });
    expect(winner).toBe('treatment');
  });

  test('name the first as the winner where the other is worse', () => {
    const given = [facts('control', [10_000, 600]), facts('treatment', [10_000, 400])];

    expect(resultsOf({ variants: halves, least_lift: 0.1 }, given).winner).toBe('control');
  });

  test('warn, and name no winner, where users are split otherwise than asked', () => {
    const { split, winner, warnings } = resultsOf({ variants: halves, least_lift: 0.1 }, [
      facts('control', [10_000, 400]),
      facts('treatment', [11_000, 700]),
    ]);

    expect(split).toMatchObject({ mismatch: true });
    expect({ winner, warnings }).toEqual({ winner: null, warnings: [splitWarning] });
  });

  test('of nothing are nothing', () => {
    const { variants, split, sample_size, winner } = resultsOf({ variants: halves, least_lift: 0.1 }, []);

    expect(variants[1]).toMatchObject({ users: 0, rate: null, interval: null, click_through: null, comparison: null });
    expect({ split, sample_size, winner }).toEqual({ split: null, sample_size: null, winner: null });
  });

  test('with three variants give each comparison its part of what may be wrong', () => {
    const variants = [...halves, { name: 'third', traffic: 0 }];
    const given = [facts('control', [10_000, 500]), facts('treatment', [10_000, 605])];

    const [, alone] = resultsOf({ variants: halves, least_lift: 0.1 }, given).variants;
    const [, ofTwo] = resultsOf({ variants, least_lift: 0.1 }, given).variants;

    expect(alone?.comparison?.p_at_any_time).toBe(ofTwo?.comparison?.p_at_any_time);
    expect(alone?.comparison?.p_at_any_time).toBeGreaterThan(0.025);
    expect([alone?.comparison?.significant, ofTwo?.comparison?.significant]).toEqual([true, false]);
  });
});
