import { describe, expect, test } from 'vitest';
import { scenarioConfig, scenarioTypes } from '../../../lambdas/recommender/scenarios/scenario.ts';
import { templateOf } from '../../../lambdas/recommender/scenarios/templates.ts';
import { validateConfig } from '../../../lambdas/recommender/scenarios/validate.ts';

const withWeights = (...weights: number[]) =>
  scenarioConfig.parse({
    recall: (['similarity', 'model', 'tags', 'hot', 'new'] as const)
      .slice(0, weights.length)
      .map((strategy, place) => ({ strategy, weight: weights[place] })),
  });

describe.each(scenarioTypes)('the template of %s', (type) => {
  test('is a valid configuration like every other', () => {
    expect(scenarioConfig.parse(templateOf(type))).toEqual(templateOf(type));
    expect(validateConfig(templateOf(type))).toEqual({ valid: true, errors: [], warnings: [] });
  });
});

test('weights of what is enabled sum to 1, or the sum is told', () => {
  expect(validateConfig(withWeights(0.5, 0.4)).errors).toEqual(['启用策略的权重总和必须为1，当前为0.90']);
  expect(validateConfig(withWeights(0.5, 0.6)).errors).toEqual(['启用策略的权重总和必须为1，当前为1.10']);
});

test.each([0.99, 1.01])('%d is near enough to 1', (sum) => {
  expect(validateConfig(withWeights(0.5, sum - 0.5)).errors).toEqual([]);
});

test.each([0.98, 1.02])('%d is not', (sum) => {
  expect(validateConfig(withWeights(0.5, sum - 0.5)).valid).toBe(false);
});

test('what is switched off weighs nothing', () => {
  const config = withWeights(0.5, 0.5, 0.5);
  const off = { ...config, recall: config.recall.map((one, place) => ({ ...one, enabled: place > 0 })) };

  expect(validateConfig(off).errors).toEqual([]);
});

test('a strategy stands there once, and one at least is on', () => {
  const [one] = withWeights(0.5).recall;
  if (!one) throw new Error('There is one');

  expect(validateConfig({ ...withWeights(0.5), recall: [one, one] }).errors).toEqual(['召回策略重复: similarity']);
  expect(validateConfig({ ...withWeights(0.5), recall: [{ ...one, enabled: false }] }).errors).toEqual([
    '至少需要启用一个召回策略',
  ]);
});
