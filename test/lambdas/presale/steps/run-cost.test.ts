import { expect, test } from 'vitest';
import { runCostUsd } from '../../../../lambdas/presale/steps/run-cost.ts';

test('a run of 22 counties costs its states, and a minute of functions little beside them', () => {
  // 8 + 4 + 22 x 5 transitions at 25 USD a million; 60 GB-seconds.
  expect(runCostUsd({ milliseconds: 60_000, counties: 22, rounds: 1 })).toBeCloseTo(122 * 0.000025 + 0.0008, 5);
});

test('each further round costs its states again', () => {
  const once = runCostUsd({ milliseconds: 0, counties: 2, rounds: 1 });

  expect(runCostUsd({ milliseconds: 0, counties: 2, rounds: 3 }) - once).toBeCloseTo(2 * 14 * 0.000025, 6);
});
