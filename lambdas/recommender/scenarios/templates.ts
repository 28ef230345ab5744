import type { Objective, ScenarioConfig, ScenarioType, Strategy } from './scenario.ts';

interface Template {
  /** Weights of the strategies that it begins with, which sum to 1. */
  readonly recall: Readonly<Partial<Record<Strategy, number>>>;
  readonly objective: Objective;
  /** Half of the freshness is gone after so many days. */
  readonly halfLifeDays: number;
  readonly freshness: number;
  readonly behaviorDays: number;
  readonly window?: number;
  readonly seen?: ScenarioConfig['rerank']['seen'];
}

/** News are old tomorrow, a song is heard again, and what was bought is not bought twice. */
const templates: Readonly<Record<ScenarioType, Template>> = {
  ecommerce: {
    recall: { similarity: 0.3, model: 0.4, tags: 0.1, hot: 0.1, new: 0.1 },
    objective: 'conversion',
    halfLifeDays: 30,
    freshness: 0.05,
    behaviorDays: 180,
  },
  content: {
    recall: { similarity: 0.25, model: 0.35, tags: 0.2, hot: 0.1, new: 0.1 },
    objective: 'clicks',
    halfLifeDays: 7,
    freshness: 0.15,
    behaviorDays: 90,
  },
  social: {
    recall: { similarity: 0.25, model: 0.25, tags: 0.15, hot: 0.2, new: 0.15 },
    objective: 'engagement',
    halfLifeDays: 2,
    freshness: 0.2,
    behaviorDays: 60,
  },
  personalized: {
    recall: { similarity: 0.3, model: 0.5, tags: 0.1, hot: 0.05, new: 0.05 },
    objective: 'clicks',
    halfLifeDays: 14,
    freshness: 0.1,
    behaviorDays: 90,
  },
  vlog: {
    recall: { similarity: 0.25, model: 0.35, tags: 0.15, hot: 0.15, new: 0.1 },
    objective: 'completion',
    halfLifeDays: 7,
    freshness: 0.15,
    behaviorDays: 90,
  },
  news: {
    recall: { similarity: 0.15, model: 0.15, tags: 0.2, hot: 0.2, new: 0.3 },
    objective: 'clicks',
    halfLifeDays: 1,
    freshness: 0.5,
    behaviorDays: 30,
  },
  music: {
    recall: { similarity: 0.3, model: 0.45, tags: 0.15, hot: 0.05, new: 0.05 },
    objective: 'completion',
    halfLifeDays: 90,
    freshness: 0.05,
    behaviorDays: 180,
    seen: 'again',
  },
  custom: {
    recall: { similarity: 0.2, model: 0.2, tags: 0.2, hot: 0.2, new: 0.2 },
    objective: 'clicks',
    halfLifeDays: 7,
    freshness: 0.1,
    behaviorDays: 90,
  },
};

/** The configuration that a scenario of a type begins with. */
export function templateOf(type: ScenarioType): ScenarioConfig {
  const { recall, objective, halfLifeDays, freshness, behaviorDays, window = 5, seen = 'last' } = templates[type];
  return {
    recall: Object.entries(recall).map(([strategy, weight]) => ({
      strategy: strategy as Strategy,
      weight,
      enabled: true,
    })),
    rank: { objective },
    rerank: {
      diversity_window: window,
      most_of_a_category: 2,
      freshness_weight: freshness,
      freshness_half_life_days: halfLifeDays,
      seen,
    },
    retention: { behavior_days: behaviorDays, recommendations_hours: 24 },
  };
}
