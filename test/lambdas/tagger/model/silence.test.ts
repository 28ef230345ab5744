import { expect, test } from 'vitest';
import { createTagger } from '../../../../lambdas/tagger/create-tagger.ts';
import { defaultModel } from '../../../../lambdas/tagger/model/default-model.ts';
import { defaultRules } from '../../../../lambdas/tagger/rules/default-rules.ts';
import { otherDomains } from '../../../../training/other-domains.ts';

const tagger = createTagger(defaultModel(), defaultRules());
const topics = (text: string) => tagger(text).tags.filter(({ source }) => source === 'model');

// The thresholds were chosen on the texts of even places (docs/benchmarks.md); here are the others, which nobody looked at.
// What is measured, and no more: English headlines have names that Chinese ones have, and everyday words are in news, too.
test.each([
  ['none', 10],
  ['english', 9],
  ['everyday', 3],
] as const)(
  'of the other 10 texts of domain %s, %i get no topic: too little that the model knows is said',
  (domain, silent) => {
    const texts = (otherDomains[domain] ?? []).filter((_text, at) => at % 2 === 1);

    expect(texts).toHaveLength(10);
    expect(texts.filter((text) => topics(text).length === 0).length).toBeGreaterThanOrEqual(silent);
  },
);

test.each([
  '央行宣布下调存款准备金率',
  '国足主场两球取胜晋级亚洲杯决赛',
  '多家上市公司发布三季度财报 净利润大增',
  '教育部公布高考改革方案',
  'NBA总决赛湖人击败凯尔特人',
])('a headline keeps its topic: %s', (headline) => {
  expect(topics(headline).length).toBeGreaterThan(0);
});
