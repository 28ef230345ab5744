import { describe, expect, test } from 'vitest';
import { clickThrough } from '../../../lambdas/recommender/statistics/click-through.ts';
import { chiSquaredTail, erfc, upperQuantile, upperTail } from '../../../lambdas/recommender/statistics/normal.ts';
import { compareProportions, sampleSize, waldInterval } from '../../../lambdas/recommender/statistics/proportions.ts';
import { alwaysValidP, type Look, mixtureRatio } from '../../../lambdas/recommender/statistics/sequential.ts';
import { checkSplit } from '../../../lambdas/recommender/statistics/split.ts';

const first = { successes: 456, trials: 10_000 };
const second = { successes: 523, trials: 10_000 };

/** A generator with a seed (mulberry32), so that no run differs from another. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('tails', () => {
  test.each([
    [0, 1],
    [0.5, 0.479500122186953],
    [1.9999, 0.004679802092970608],
    [2, 0.004677734981047],
    [5, 1.5374597944280349e-12],
    [-1, 1.842700792949715],
    [-3, 1.9999779095030015],
    [26, 5.663192408856143e-296],
  ])('erfc(%d) is %d', (x, value) => {
    expect(erfc(x) / value).toBeCloseTo(1, 9);
  });

  test.each([
    [0.025, 1.959963984540054],
    [0.2, 0.8416212335729143],
    [0.5, 0],
    [0.9, -1.2815515655446004],
    [1e-12, 7.034483825301132],
  ])('the quantile of %d is %d, and its tail comes back', (probability, z) => {
    expect(upperQuantile(probability)).toBeCloseTo(z, 8);
    expect(upperTail(upperQuantile(probability)) / probability).toBeCloseTo(1, 9);
  });

  test.each([
    // The customary table of the 5 % points, and two of the 0.1 % points.
    [3.841458820694124, 1, 0.05],
    [5.991464547107979, 2, 0.05],
    [7.814727903251179, 3, 0.05],
    [9.487729036781154, 4, 0.05],
    [11.070497693516351, 5, 0.05],
    [18.307038053275146, 10, 0.05],
    [10.827566170662733, 1, 0.001],
    [29.58829844507442, 10, 0.001],
  ])('chi-squared %d with %i degrees has the tail %d', (x, degrees, tail) => {
    expect(chiSquaredTail(x, degrees)).toBeCloseTo(tail, 10);
  });
});

describe('two shares', () => {
  test('456 and 523 of 10,000: z 2.1957, p 0.02811, lift 14.69 %', () => {
    const found = compareProportions(first, second);

    expect(found?.z).toBeCloseTo(2.1957, 4);
    expect(found?.p).toBeCloseTo(0.02811, 5);
    expect(found?.lift).toBeCloseTo(0.1469, 4);
    expect(found?.difference).toBeCloseTo(0.0067, 10);
    // Without pooling the error is sqrt(.0456 x .9544 / 10000 + .0523 x .9477 / 10000).
    expect(found?.interval[0]).toBeCloseTo(0.0067 - 1.959964 * 0.00305108, 6);
  });

  test('the interval of the second is [0.04794, 0.05666]', () => {
    const [lower, upper] = waldInterval(second) ?? [];

    expect(lower).toBeCloseTo(0.04794, 5);
    expect(upper).toBeCloseTo(0.05666, 5);
  });

  test('intervals end where shares end', () => {
    expect(waldInterval({ successes: 1, trials: 20 })?.[0]).toBe(0);
    expect(waldInterval({ successes: 19, trials: 20 })?.[1]).toBe(1);
  });

  test('are not compared where nothing can be', () => {
    const none = { successes: 0, trials: 100 };
    const nobody = { successes: 0, trials: 0 };

    expect(compareProportions(none, none)).toBeNull();
    expect(compareProportions(nobody, first)).toBeNull();
    expect(waldInterval(nobody)).toBeNull();
    expect(compareProportions(none, first)?.lift).toBeNull();
  });

  test('5 % and a tenth more need 31,235 users in each group', () => {
    expect(sampleSize({ baseline: 0.05, lift: 0.1 })).toBe(31_235);
  });

  test('no number of users finds no lift, or one beyond all users', () => {
    expect(sampleSize({ baseline: 0.05, lift: 0 })).toBeNull();
    expect(sampleSize({ baseline: 0, lift: 0.1 })).toBeNull();
    expect(sampleSize({ baseline: 0.95, lift: 0.1 })).toBeNull();
  });
});

describe('the split of users', () => {
  test('is told where it is not what was asked for', () => {
    // (5200 - 5050)² / 5050 + (4900 - 5050)² / 5050 = 8.91: p .0028, not yet beyond doubt.
    expect(checkSplit([portion(50, 5200), portion(50, 4900)])).toMatchObject({ mismatch: false });
    expect(checkSplit([portion(50, 5300), portion(50, 4800)])).toMatchObject({ mismatch: true });
    expect(checkSplit([portion(10, 1000), portion(90, 9000)])).toEqual({ chi_squared: 0, p: 1, mismatch: false });
  });

  test('has no users where there is no share', () => {
    expect(checkSplit([portion(50, 10), portion(50, 10), portion(0, 1)])?.mismatch).toBe(true);
  });

  test('is not looked at while nobody came', () => {
    expect(checkSplit([portion(50, 0), portion(50, 0)])).toBeNull();
  });

  const portion = (traffic: number, users: number) => ({ traffic, users });
});

describe('looking daily', () => {
  const days = 30;
  const lift = 0.1;

  interface Successes {
    successes: number;
    trials: number;
  }

  /** A normal approximation would hide what few successes do: each user is drawn. */
  function looksAt(random: () => number, [control, treatment]: readonly [number, number], perDay: number): Look[] {
    const sums: [Successes, Successes] = [
      { successes: 0, trials: 0 },
      { successes: 0, trials: 0 },
    ];
    return Array.from({ length: days }, () => {
      for (const [group, rate] of [control, treatment].entries()) {
        const sum = sums[group as 0 | 1];
        for (let user = 0; user < perDay; user++) if (random() < rate) sum.successes++;
        sum.trials += perDay;
      }
      return { control: { ...sums[0] }, treatment: { ...sums[1] } };
    });
  }

  const everSignificant = (looks: readonly Look[]) => alwaysValidP(looks, lift) <= 0.05;

  test('1,000 A/A experiments: at most 5 % are ever significant, of many users and of few', () => {
    const random = randomFrom(20261130);
    for (const perDay of [5, 100]) {
      const found = Array.from({ length: 1000 }, () => looksAt(random, [0.2, 0.2], perDay)).filter(everSignificant);

      expect(found.length).toBeLessThanOrEqual(50);
    }
  });

  test('the same experiments by the pooled test, looked at daily, are significant far more often', () => {
    const random = randomFrom(20261130);
    const peeked = Array.from({ length: 1000 }, () => looksAt(random, [0.2, 0.2], 100)).filter((looks) =>
      looks.some((look) => (compareProportions(look.control, look.treatment)?.p ?? 1) <= 0.05),
    );

    expect(peeked.length).toBeGreaterThan(150);
  });

  test('a lift that is there is found', () => {
    const random = randomFrom(7);
    const found = Array.from({ length: 100 }, () => looksAt(random, [0.2, 0.24], 500)).filter(everSignificant);

    expect(found.length).toBeGreaterThan(95);
  });

  test('what was significant stays so', () => {
    const strong = { control: { successes: 100, trials: 1000 }, treatment: { successes: 200, trials: 1000 } };
    const weak = { control: { successes: 200, trials: 2000 }, treatment: { successes: 205, trials: 2000 } };

    expect(alwaysValidP([strong, weak], lift)).toBe(alwaysValidP([strong], lift));
    expect(alwaysValidP([weak], lift)).toBeGreaterThan(0.05);
    expect(mixtureRatio(weak, lift)).toBeLessThan(1);
  });

  test('nothing is said of nothing', () => {
    const nobody = { successes: 0, trials: 0 };

    expect(alwaysValidP([], lift)).toBe(1);
    expect(mixtureRatio({ control: nobody, treatment: nobody }, lift)).toBe(1);
    expect(mixtureRatio({ control: { successes: 0, trials: 9 }, treatment: { successes: 0, trials: 9 } }, lift)).toBe(
      1,
    );
  });
});

describe('CTR', () => {
  const sumsOf = (users: readonly (readonly [impressions: number, clicks: number])[]) => ({
    users: users.length,
    impressions: users.reduce((sum, [x]) => sum + x, 0),
    clicks: users.reduce((sum, [, y]) => sum + y, 0),
    impressions_squared: users.reduce((sum, [x]) => sum + x * x, 0),
    clicks_squared: users.reduce((sum, [, y]) => sum + y * y, 0),
    products: users.reduce((sum, [x, y]) => sum + x * y, 0),
  });

  test('is clicks / impressions', () => {
    expect(
      clickThrough(
        sumsOf([
          [100, 3],
          [50, 0],
        ]),
      )?.ctr,
    ).toBe(3 / 150);
    expect(clickThrough(sumsOf([]))).toBeNull();
  });

  test('has the interval of a share where each user saw one', () => {
    const users = Array.from({ length: 1000 }, (_, number): [number, number] => [1, number < 50 ? 1 : 0]);

    const [lower, upper] = clickThrough(sumsOf(users))?.interval ?? [];

    // The same but for n - 1.
    expect(lower).toBeCloseTo(waldInterval({ successes: 50, trials: 1000 })?.[0] ?? 0, 4);
    expect(upper).toBeCloseTo(waldInterval({ successes: 50, trials: 1000 })?.[1] ?? 0, 4);
  });

  test('has an interval that holds the truth 95 times of 100, where users differ; the naive one does not', () => {
    const random = randomFrom(3);
    const truth = 0.2;
    const runs = Array.from({ length: 400 }, () =>
      sumsOf(
        Array.from({ length: 200 }, (): [number, number] => {
          const impressions = 1 + Math.floor(random() * 40);
          // Half of the users click on much, half on little.
          const rate = random() < 0.5 ? 0.35 : 0.05;
          let clicks = 0;
          for (let shown = 0; shown < impressions; shown++) if (random() < rate) clicks++;
          return [impressions, clicks];
        }),
      ),
    );
    const holds = (interval: readonly [number, number] | null | undefined) =>
      interval !== null && interval !== undefined && interval[0] <= truth && truth <= interval[1];

    const delta = runs.filter((sums) => holds(clickThrough(sums)?.interval)).length / runs.length;
    const naive =
      runs.filter((sums) => holds(waldInterval({ successes: sums.clicks, trials: sums.impressions }))).length /
      runs.length;

    expect(delta).toBeGreaterThan(0.91);
    expect(naive).toBeLessThan(0.75);
  });
});
