import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatchTagger, createTagger } from '../../../lambdas/tagger/create-tagger.ts';
import { currentTagger } from '../../../lambdas/tagger/current-tagger.ts';
import { defaultModel } from '../../../lambdas/tagger/model/default-model.ts';
import { readLength } from '../../../lambdas/tagger/model/read-text.ts';
import { defaultRules } from '../../../lambdas/tagger/rules/default-rules.ts';
import { readRules } from '../../../lambdas/tagger/rules/rule-book.ts';

const tag = createTagger(defaultModel(), defaultRules());

test('a headline gets topics of the model and tags of the rules, best first', () => {
  const { tags, keywords } = tag('丰田宣布召回12万辆汽车 刹车系统存在缺陷');

  expect(tags.filter(({ source }) => source === 'rule').map((found) => found.tag)).toContain('recall');
  expect(tags.filter(({ source }) => source === 'model').length).toBeGreaterThan(0);
  expect(tags.map(({ score }) => score)).toEqual(tags.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(keywords.map(({ word }) => word)).toContain('召回');
});

test.each([
  ['央行宣布下调存款准备金率', '央行宣布下調存款準備金率'],
  ['国足主场两球取胜晋级亚洲杯决赛', '國足主場兩球取勝晉級亞洲盃決賽'],
  ['教育部公布高考改革方案', '教育部公佈高考改革方案'],
])(
  '%s has the topics and weights of its traditional form, whose keywords are told as written',
  (simple, traditional) => {
    const topics = (text: string) => tag(text).tags.filter(({ source }) => source === 'model');
    const weights = (text: string) => tag(text).keywords.map(({ weight }) => weight);

    expect(topics(traditional)).toEqual(topics(simple));
    expect(topics(simple).length).toBeGreaterThan(0);
    expect(weights(traditional)).toEqual(weights(simple));
    for (const { word } of tag(traditional).keywords) expect(traditional).toContain(word);
  },
);

test('rules and own words are found as they are written, and stop words in either form', () => {
  const rules = readRules(JSON.stringify({ version: '1', tags: {}, words: ['臺灣大學'] }));
  const words = createTagger(defaultModel(), rules)('我們認為臺灣大學的學費不能再漲').keywords.map(({ word }) => word);

  expect(words).toContain('臺灣大學');
  expect(words).not.toContain('我們');
});

test('any string has tags and keywords with scores in their bounds', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', '\0', '\ud800', '\udc00\ud800', ' \u3000\n', '召回\0召回', '__proto__ constructor'),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const { tags, keywords } = tag(text);
      expect(tags.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
      expect(keywords.length).toBeLessThanOrEqual(10);
      expect(keywords.every(({ word, weight }) => word.length > 1 && weight >= 0)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('of 5 MB only the beginning is read, so that they take no longer than it', () => {
  const head = '特大暴雨 '.repeat(readLength / 5);

  expect(tag(head + '召回'.repeat(2_500_000))).toEqual(tag(head));
});

test('words of the user dictionary stay whole and leave again with their rules', () => {
  const rules = readRules(JSON.stringify({ version: '1', tags: {}, words: ['米瑞斯数据栈'] }));
  const words = (tagger: typeof tag) => tagger('新版米瑞斯数据栈发布').keywords.map(({ word }) => word);

  expect(words(createTagger(defaultModel(), rules))).toContain('米瑞斯数据栈');
  expect(words(tag)).not.toContain('米瑞斯数据栈');
});

test('texts tagged together get what each gets alone, in their order', () => {
  const article = '特大暴雨袭击沿海城市 '.repeat(8000);
  const texts = ['丰田宣布召回12万辆汽车', '', article, article, '同步A股首秀：港股缩量回调', ' '];

  expect(createBatchTagger(defaultModel(), defaultRules())(texts)).toEqual(texts.map(tag));
});

test('an empty text has no keywords and nothing that rules say', () => {
  const { tags, keywords } = tag(' ');

  expect(tags.filter(({ source }) => source === 'rule')).toEqual([]);
  expect(keywords).toEqual([]);
});

test('the tagger in force names its model and rules, and is made anew for other rules only', async () => {
  const model = defaultModel();
  const [one, two] = ['1', '2'].map((version) => readRules(JSON.stringify({ version, tags: {} })));
  const inForce = [one, one, two];
  const current = currentTagger(model, async () => inForce.shift() ?? defaultRules());
  const [first, second, third] = [await current(), await current(), await current()];

  expect(first.version).toEqual({ model: model.version, version: '1' });
  expect(second).toBe(first);
  expect(third.version.version).toBe('2');
});
