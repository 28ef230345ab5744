import { expect, test } from 'vitest';
import { topWords } from '#language/keywords.ts';
import { joinNames } from '#language/names.ts';
import { withOwnWords } from '#language/own-words.ts';
import { segment } from '#language/segmenter.ts';
import { processorSeconds } from '../../support/processor-seconds.ts';

test('words are cut by the dictionary, without white space', () => {
  expect(segment('北京大学 and 清华大学')).toEqual(['北京大学', 'and', '清华大学']);
});

test('lone surrogates and NUL are no reason to fail', () => {
  expect(segment('北京\0大学\ud800').length).toBeGreaterThan(1);
});

test('single signs in a row are put together to names', () => {
  expect(joinNames(['柴', '志', '坤', '预测', '北京'])).toEqual(['柴志坤', '预测', '北京']);
});

test('keywords are the words that are often here and rarely elsewhere, without stop words and numbers', () => {
  const rarity = (word: string) => ({ 天气: 1, 火星: 5 })[word] ?? 2;
  const words = ['的', '火星', '天气', '天气', '2024', '我们', '，', 'the'];

  expect(topWords(words, rarity)).toEqual([
    { word: '火星', weight: 0.625 },
    { word: '天气', weight: 0.25 },
  ]);
});

test('an own word takes the place of its pieces', () => {
  const own = [{ begin: 2, end: 5 }];

  expect(withOwnWords('发展区块链技术', ['发展', '区块', '链', '技术'], own)).toEqual(['发展', '技术', '区块链']);
});

test('of own words that overlap the earlier one counts, and pieces that one of them covers are gone', () => {
  const own = [
    { begin: 0, end: 4 },
    { begin: 2, end: 5 },
    { begin: 8, end: 10 },
  ];

  expect(withOwnWords('发展区块链技术和区块', ['发展', '区块', '链', '技术', '和', '区块'], own)).toEqual([
    '链',
    '技术',
    '和',
    '发展区块',
    '区块',
  ]);
});

test('a text of nothing but own words takes no longer than another', () => {
  const times = 50_000;
  const own = Array.from({ length: times }, (_, index) => ({ begin: index * 3, end: index * 3 + 3 }));
  const words = Array.from({ length: times }, () => ['区块', '链']).flat();
  let made: readonly unknown[] = [];
  const seconds = processorSeconds(() => {
    made = withOwnWords('区块链'.repeat(times), words, own);
  });

  expect(made).toHaveLength(times);
  // A tenth of one; each word held against each span would be sixty.
  expect(seconds).toBeLessThan(20);
});
