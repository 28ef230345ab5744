import { expect, test } from 'vitest';
import { longestSeconds, portionSize } from '../../../../lambdas/platform/failures/replays/portion.ts';

test.each([0.01, 0.05, 0.1, 0.25, 0.29, 1, 3, 10, 33.4, 100, 200])(
  'at %d a second, any number that is taken fits into one execution, and each portion into the delays of SQS',
  (rate) => {
    for (const chosen of [1, 7, 100, 3456, 10_000, 86_400, 100_000]) {
      if (chosen / rate > longestSeconds) continue;
      const size = portionSize(rate, chosen);

      // "Service quotas" of Step Functions; of a portion, its function 5, the choice 2, the pause 2.
      expect(Math.ceil(chosen / size) * 9, `${chosen}`).toBeLessThan(25_000 * 0.8);
      expect((size - 1) / rate, `${chosen}`).toBeLessThan(900);
      expect(size, `${chosen}`).toBeLessThanOrEqual(1000);
    }
  },
);
