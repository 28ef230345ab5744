import { expect, test } from 'vitest';
import { fold } from '../../../../lambdas/tagger/model/fold.ts';
import { defaultRules } from '../../../../lambdas/tagger/rules/default-rules.ts';
import { readRules } from '../../../../lambdas/tagger/rules/rule-book.ts';
import { processorSeconds } from '../../../support/processor-seconds.ts';

const book = (tags: object, words: string[] = []) => readRules(JSON.stringify({ version: '1', tags, words }));
const tagsOf = (rules: ReturnType<typeof book>, text: string) => rules.match(fold(text)).tags.map(({ tag }) => tag);

test('keywords are found whatever their case and width, Latin ones as whole words', () => {
  const rules = book({ ipo: { score: 0.9, keywords: ['IPO', '招股书'] } });

  expect(tagsOf(rules, 'Ａ公司ＩＰＯ在即')).toEqual(['ipo']);
  expect(tagsOf(rules, '公司递交招股书')).toEqual(['ipo']);
  expect(tagsOf(rules, 'a new tripod')).toEqual([]);
});

test('an exception voids the keyword that it covers, and no other', () => {
  const rules = book({ space: { score: 0.8, keywords: ['火箭'], except: ['火箭队'] } });

  expect(tagsOf(rules, '火箭队险胜')).toEqual([]);
  expect(tagsOf(rules, '火箭队老板参观火箭发射')).toEqual(['space']);
});

test('each tag tells the keywords and patterns that it was given by, each once, and none that an exception covers', () => {
  const rules = book({
    space: {
      score: 0.8,
      keywords: ['火箭', '卫星'],
      except: ['火箭队'],
      patterns: [{ pattern: '第\\d+次发射', when: ['发射'] }],
    },
    sport: { score: 0.7, keywords: ['火箭队'] },
  });
  const explain = (text: string) => rules.explain(fold(text));

  expect(explain('火箭队看卫星，卫星由火箭第3次发射，发射成功')).toEqual([
    { tag: 'sport', because: ['火箭队'] },
    { tag: 'space', because: ['卫星', '火箭', '第\\d+次发射'] },
  ]);
  expect(explain('火箭队险胜')).toEqual([{ tag: 'sport', because: ['火箭队'] }]);
  expect(explain('发射')).toEqual([]);
});

test('an exception covers what it reaches over, whichever begins first and however many there are', () => {
  const { match } = readRules(
    JSON.stringify({
      version: '1',
      tags: { fire: { score: 0.9, keywords: ['火', '大火', '火锅店着火'], except: ['火锅', '红红火火', '火锅店'] } },
    }),
  );
  const tagsOf = (text: string) => match(text).tags.map(({ tag }) => tag);

  expect([tagsOf('红红火火吃火锅'), tagsOf('吃火锅去，大火'), tagsOf('火锅店着火')]).toEqual([[], ['fire'], ['fire']]);
});

test('a text of nothing but exceptions takes no longer than another', () => {
  const { match } = readRules(
    JSON.stringify({ version: '1', tags: { fire: { score: 0.9, keywords: ['火'], except: ['火锅'] } } }),
  );
  let tags: readonly unknown[] = ['none yet'];
  const seconds = processorSeconds(() => {
    tags = match('火锅'.repeat(100_000)).tags;
  });

  expect(tags).toEqual([]);
  // A tenth of one; each held against each would be minutes.
  expect(seconds).toBeLessThan(20);
});

test('a pattern is tried where one of its words is', () => {
  const rules = book({ sale: { score: 0.7, patterns: [{ pattern: '[0-9]+折', when: ['折'] }] } });

  expect(tagsOf(rules, '全场８折')).toEqual(['sale']);
  expect(tagsOf(rules, '曲折')).toEqual([]);
});

test('a pattern that would backtrack for ages elsewhere ends at once', () => {
  const rules = book({ slow: { score: 0.7, patterns: [{ pattern: '(a+)+$', when: ['ab'] }] } });

  expect(tagsOf(rules, ` ab ${'a'.repeat(19_000)}!`)).toEqual([]);
});

test('thousands of keywords are each found', () => {
  const keywords = Array.from({ length: 5000 }, (_, at) => `词${String.fromCharCode(0x4e00 + at)}尾`);
  const rules = book({ many: { score: 0.5, keywords } });

  expect(keywords.filter((word) => tagsOf(rules, `前${word}后`).length === 0)).toEqual([]);
});

test.each([
  ['{', 'no JSON'],
  ['[]', 'refused'],
  [JSON.stringify({ version: '1', tags: { a: { score: 2, keywords: ['x'] } } }), 'tags.a.score'],
  [JSON.stringify({ version: '1', tags: { a: { score: 1, keywords: [' '] } } }), 'tags.a.keywords.0'],
  [JSON.stringify({ version: '1', tags: { a: { score: 1 } } }), 'tags.a has no keyword'],
  [
    JSON.stringify({ version: '1', tags: { a: { score: 1, patterns: [{ pattern: '(?=x)', when: ['x'] }] } } }),
    'tags.a.patterns.0.pattern',
  ],
])('broken rules %s are refused by the name of what is wrong', (text, reason) => {
  expect(() => readRules(text)).toThrow(reason);
});

test.each([
  ['Toyota recalls 120,000 cars over brakes', 'recall'],
  ['雅虎全球裁员两千人', 'layoffs'],
  ['四川发生5.1级地震', 'earthquake'],
  ['台风登陆福建沿海', 'storm'],
  ['央行宣布加息0.25个百分点', 'interest-rate'],
  ['Hackers stole customer records in data breach', 'data-breach'],
])('the shipped rules find in %s the tag %s', (text, tag) => {
  expect(tagsOf(defaultRules(), text)).toContain(tag);
});
