import { expect, test } from 'vitest';
import { readCount } from '../../../../lambdas/briefs/reading/count.ts';

test.each([
  [0, 0],
  [348872, 348872],
  ['0', 0],
  ['3,456', 3456],
  ['1.2万', 12_000],
  ['1.5 万', 15_000],
  ['3.4亿', 340_000_000],
  ['2.3萬', 23_000],
  ['8千', 8_000],
  ['1.1w', 11_000],
  ['12万次播放', 120_000],
  ['3.5万粉丝', 35_000],
  ['１２３', 123],
  // 1.1 * 10,000 is 11000.000000000002 in binary fractions.
  ['1.1万', 11_000],
])('%j is %d', (shown, value) => {
  expect(readCount(shown)).toEqual({ value, atLeast: false });
});

test.each([
  ['100万+', 1_000_000],
  ['10w+', 100_000],
  ['10万+ 阅读', 100_000],
  ['100万以上', 1_000_000],
  ['999+', 999],
  ['1000万＋', 10_000_000],
])('%j is at least %d', (shown, value) => {
  expect(readCount(shown)).toEqual({ value, atLeast: true });
});

test.each([
  undefined,
  null,
  '',
  ' ',
  '-',
  '--',
  '赞',
  '转发',
  'abc',
  '1.2.3',
  '-5',
  -1,
  1.5,
  '1.5',
  '9'.repeat(40),
  Number.NaN,
  true,
  [],
  {},
])('%j tells nothing, which is not 0', (shown) => {
  expect(readCount(shown)).toBeUndefined();
});
