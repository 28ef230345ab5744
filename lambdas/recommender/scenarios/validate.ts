import type { ScenarioConfig } from './scenario.ts';

/** What is wrong with a configuration, and what is only odd. */
export interface Verdict {
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

// Weights are given with two decimals, and those of thirds don't sum to one.
const tolerance = 0.01;
// Sums of decimals are off by some of the last bits.
const rounding = 1e-9;

/** Holds what no schema says: weights of what is enabled sum to 1, and each strategy stands there once. */
export function validateConfig({ recall, rerank }: ScenarioConfig): Verdict {
  const errors: string[] = [];
  const warnings: string[] = [];
  const enabled = recall.filter((strategy) => strategy.enabled);
  if (enabled.length === 0) errors.push('至少需要启用一个召回策略');
  const sum = enabled.reduce((total, { weight }) => total + weight, 0);
  if (enabled.length > 0 && Math.abs(sum - 1) > tolerance + rounding)
    errors.push(`启用策略的权重总和必须为1，当前为${sum.toFixed(2)}`);
  for (const [strategy, times] of Map.groupBy(recall, (one) => one.strategy))
    if (times.length > 1) errors.push(`召回策略重复: ${strategy}`);
  if (!enabled.some(({ strategy }) => strategy === 'hot' || strategy === 'new'))
    warnings.push('未启用热门或最新策略，新用户只能得到兜底内容');
  if (rerank.most_of_a_category >= rerank.diversity_window && rerank.diversity_window > 1)
    warnings.push('多样性窗口内允许的同类数量不小于窗口，多样性规则不起作用');
  return { valid: errors.length === 0, errors, warnings };
}
