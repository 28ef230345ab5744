import { expect, test } from 'vitest';
import { seasonsBetween } from '../../../../lambdas/presale/publication/season.ts';

test('the seasons of a range are both ends and all between, over the years, oldest first', () => {
  expect(seasonsBetween('110S3', '111S2', 10)).toEqual(['110S3', '110S4', '111S1', '111S2']);
  expect(seasonsBetween('111S2', '111S2', 10)).toEqual(['111S2']);
  // The year of the Republic gets a third digit.
  expect(seasonsBetween('99S4', '100S1', 10)).toEqual(['99S4', '100S1']);
});

test('a range that runs backwards holds none, and one that is too long its newest', () => {
  expect(seasonsBetween('111S3', '111S2', 10)).toEqual([]);
  expect(seasonsBetween('101S1', '111S4', 3)).toEqual(['111S2', '111S3', '111S4']);
});
