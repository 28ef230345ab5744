import { expect, test } from 'vitest';
import { figureLines } from '../../../packages/console/src/pages/recommender/figure-lines.ts';

const row = (of: string, day: string, impressions: number, clicks: number, conversions = 0) => ({
  of,
  day,
  impressions,
  clicks,
  conversions,
});

test('shares are of what all days add up to, not the mean of their shares', () => {
  const rows = [row('hot', '2026-11-29', 1000, 100, 10), row('hot', '2026-11-30', 10, 10)];
  const [hot] = figureLines(rows, ({ of }) => of);

  expect(hot).toMatchObject({
    name: 'hot',
    impressions: 1010,
    clicks: 110,
    ctr: 110 / 1010,
    conversion_rate: 10 / 1010,
  });
  expect(hot?.days).toEqual([
    { day: '2026-11-29', ctr: 0.1, conversion_rate: 0.01 },
    { day: '2026-11-30', ctr: 1, conversion_rate: 0 },
  ]);
});

test('what was never shown has no share, and a day on which nothing was shown is no point of its line', () => {
  const rows = [row('new', '2026-11-29', 0, 1), row('old', '2026-11-29', 5, 1), row('old', '2026-11-30', 0, 1)];

  expect(figureLines(rows, ({ of }) => of)).toMatchObject([
    { name: 'old', clicks: 2, days: [{ day: '2026-11-29' }] },
    { name: 'new', ctr: null, conversion_rate: null, days: [] },
  ]);
});

test('rows of one name and day are one point', () => {
  const rows = [row('a', '2026-11-30', 1, 1), row('a', '2026-11-30', 3, 0)];

  expect(figureLines(rows, () => 'all')[0]?.days).toEqual([{ day: '2026-11-30', ctr: 0.25, conversion_rate: 0 }]);
  expect(figureLines([], () => 'all')).toEqual([]);
});
