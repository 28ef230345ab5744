import * as z from 'zod';

/** What a scenario is for; each type has a template. */
export const scenarioTypes = [
  'ecommerce',
  'content',
  'social',
  'personalized',
  'vlog',
  'news',
  'music',
  'custom',
] as const;

export type ScenarioType = (typeof scenarioTypes)[number];

/** Where candidates come from. */
export const strategies = ['similarity', 'model', 'tags', 'hot', 'new'] as const;

export type Strategy = (typeof strategies)[number];

/** What a list is ranked for, beside how well its items fit. */
export const objectives = ['clicks', 'completion', 'engagement', 'conversion'] as const;

export type Objective = (typeof objectives)[number];

/** What becomes of items that a user has acted on: `last` shows them where nothing else is left. */
const seenRules = ['last', 'never', 'again'] as const;

const share = z.number().min(0).max(1);
const days = z.int().min(1).max(3650);

const recall = z
  .strictObject({ strategy: z.enum(strategies), weight: share, enabled: z.boolean().default(true) })
  .meta({ id: 'RecallStrategy' });

const rerank = z
  .strictObject({
    /** In so many neighbouring places ... */
    diversity_window: z.int().min(1).max(20).default(5),
    /** ... a category stands at most so often. */
    most_of_a_category: z.int().min(1).max(20).default(2),
    /** How much of the score an item's age may take away. */
    freshness_weight: share.default(0.1),
    /** After so many days half of it is gone. */
    freshness_half_life_days: z.number().positive().max(3650).default(7),
    seen: z.enum(seenRules).default('last'),
  })
  .meta({ id: 'RerankRules' });

/** How a scenario recommends; what a template says holds where the caller says nothing. */
export const scenarioConfig = z
  .strictObject({
    recall: z.array(recall).min(1).max(strategies.length),
    rank: z.strictObject({ objective: z.enum(objectives).default('clicks') }).prefault({}),
    rerank: rerank.prefault({}),
    /** Items are alike by what users' actions weigh and how long ago they were; without it every user counts once. */
    similarity: z
      .strictObject({ decay_per_day: z.number().min(0).max(1).default(0.05) })
      .nullish()
      .meta({ id: 'WeightedSimilarity' }),
    retention: z
      .strictObject({
        behavior_days: days
          .default(90)
          .describe(
            'Behaviour is kept for so many days, in the database and in files: eight at least, since events may come a week late.',
          ),
        recommendations_hours: z.int().min(1).max(168).default(24),
      })
      .prefault({}),
  })
  .meta({ id: 'ScenarioConfig' });

export type ScenarioConfig = z.output<typeof scenarioConfig>;

/** A scenario as it is kept. */
export interface Scenario {
  readonly scenario_id: string;
  readonly name: string;
  readonly type: ScenarioType;
  readonly config: ScenarioConfig;
  readonly state: 'active' | 'inactive';
  readonly created_at: Date;
  readonly updated_at: Date;
}
