import type { ScenarioConfig, Strategy } from '../scenarios/scenario.ts';
import type { Contribution, Recalled } from './candidate.ts';

/** An item with what every strategy said of it. */
export interface Blended {
  readonly item: string;
  readonly score: number;
  readonly contributions: readonly Contribution[];
}

/**
 * Weighs the strategies' candidates by the scenario. Scores of different strategies don't compare, so each counts by its
 * share of its strategy's best; what several found adds up. Weights of strategies that found nothing are the others'.
 */
export function blend(recalled: Recalled, recall: ScenarioConfig['recall']): Blended[] {
  const weights = weightsOf(recalled, recall);
  const found = new Map<string, Contribution[]>();
  for (const [strategy, candidates] of recalled) {
    const weight = weights.get(strategy) ?? 0;
    const most = candidates.reduce((best, { score }) => Math.max(best, score), 0);
    for (const { item, score, reason, because = [] } of candidates) {
      const share = most > 0 ? Math.max(0, score / most) : 0;
      const known = found.get(item) ?? [];
      known.push({ strategy, score: share, weight, reason, because });
      found.set(item, known);
    }
  }
  return [...found].map(([item, contributions]) => ({
    item,
    score: contributions.reduce((sum, { score, weight }) => sum + score * weight, 0),
    contributions: contributions.sort((one, other) => other.score * other.weight - one.score * one.weight),
  }));
}

function weightsOf(recalled: Recalled, recall: ScenarioConfig['recall']): ReadonlyMap<Strategy, number> {
  const enabled = recall.filter(({ enabled, strategy }) => enabled && (recalled.get(strategy)?.length ?? 0) > 0);
  const sum = enabled.reduce((total, { weight }) => total + weight, 0);
  return new Map(enabled.map(({ strategy, weight }) => [strategy, sum > 0 ? weight / sum : 1 / enabled.length]));
}
