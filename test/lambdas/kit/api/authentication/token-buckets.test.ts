import { expect, test } from 'vitest';
import { tokenBuckets } from '#kit/api/authentication/token-buckets.ts';

const at = (seconds: number) => new Date(seconds * 1000);

test('a burst is taken at once, then as many as time brings', () => {
  const buckets = tokenBuckets({ perSecond: 2, burst: 3 });

  expect([0, 0, 0, 0].map((second) => buckets.take('a', at(second)))).toEqual([true, true, true, false]);
  expect(buckets.empty('a', at(0.4))).toBe(true);
  expect([0.5, 0.5, 1].map((second) => buckets.take('a', at(second)))).toEqual([true, false, true]);
});

test('keys are apart, a full bucket stays full, and time that runs backwards gives nothing', () => {
  const buckets = tokenBuckets({ perSecond: 1, burst: 1 });

  expect(buckets.take('a', at(10))).toBe(true);
  expect(buckets.take('b', at(10))).toBe(true);
  expect(buckets.take('a', at(5))).toBe(false);
  expect([1000, 1000].map((second) => buckets.take('a', at(second)))).toEqual([true, false]);
});

test('of too many keys the one used longest ago is forgotten', () => {
  const buckets = tokenBuckets({ perSecond: 0.001, burst: 1 }, 2);
  for (const key of ['a', 'b', 'c']) buckets.take(key, at(0));

  expect(['a', 'b', 'c'].map((key) => buckets.empty(key, at(0)))).toEqual([false, true, true]);
});
