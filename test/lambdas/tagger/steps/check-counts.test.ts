import { expect, test } from 'vitest';
import { serviceNamed } from '../../../../lambdas/tagger/contract.ts';
import type { ServiceCounts } from '../../../../lambdas/tagger/ports.ts';
import { checkCounts } from '../../../../lambdas/tagger/steps/check-counts.ts';

const whole: ServiceCounts = { in: 10, out: 6, waiting: 3, failed: 1 };

/** What is counted at the first look, and at each after. */
async function checked(...looks: readonly ServiceCounts[]) {
  let look = 0;
  let pauses = 0;
  const missing = await checkCounts({
    services: [serviceNamed('wx')],
    counts: async () => looks[look++] ?? whole,
    pause: async () => {
      pauses += 1;
    },
  });
  return { missing: missing.wx, pauses };
}

test('counts that add up are looked at once', async () => {
  expect(await checked(whole)).toEqual({ missing: 0, pauses: 0 });
});

test('what was on its way to the ledger is not missing', async () => {
  expect(await checked({ ...whole, failed: 0 }, whole)).toEqual({ missing: 0, pauses: 1 });
});

test('what is nowhere twice is missing, as far as it was both times', async () => {
  expect(await checked({ ...whole, out: 1 }, { ...whole, out: 4 })).toEqual({ missing: 2, pauses: 1 });
});

test('more out than in is no loss: the next offsets are told after their messages', async () => {
  expect(await checked({ ...whole, out: 8 })).toEqual({ missing: 0, pauses: 0 });
});
