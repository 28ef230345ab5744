import * as z from 'zod';
import { strategies } from '../scenarios/scenario.ts';

const explained = z
  .object({
    source: z.enum(['precomputed', 'computed']).meta({ description: 'Made by the schedule, or at this moment.' }),
    strategies: z.array(
      z.object({
        strategy: z.string(),
        score: z.number(),
        weight: z.number(),
        reason: z.string(),
        history: z.array(z.string()).meta({ description: 'Items that the user acted on, which speak for it.' }),
      }),
    ),
    rules: z.array(z.string()),
  })
  .meta({ id: 'RecommendExplanation' });

const recommendedItem = z
  .object({
    item_id: z.string(),
    score: z.number(),
    reason: z.string(),
    strategy: z.string(),
    slot: z.int(),
    metadata: z.unknown(),
    debug: explained.optional(),
  })
  .meta({ id: 'RecommendedItem' });

/** What `/recommend` and its next pages answer. */
export const recommendAnswer = z
  .object({
    request_id: z.uuid(),
    items: z.array(recommendedItem),
    experiment_id: z.string().optional(),
    experiment_group: z.string().optional(),
    fallback: z
      .object({ from: z.enum(strategies), to: z.enum(strategies) })
      .optional()
      .meta({
        description:
          'Only where a strategy could not be asked, such as a model whose file is gone: another took its place.',
      }),
  })
  .meta({ id: 'Recommendation' });

/** Of one item. */
export const similarAnswer = z
  .object({
    item_id: z.string(),
    items: z.array(
      z.object({
        item_id: z.string(),
        score: z.number(),
        overlap: z.int().meta({ description: 'Users who acted on both.' }),
        source: z.enum(['behavior', 'content']),
        metadata: z.unknown(),
      }),
    ),
  })
  .meta({ id: 'SimilarItems' });

/** What one user did or was shown, one thing. */
export const deedAnswer = z
  .object({
    scenario_id: z.string(),
    item_id: z.string(),
    action: z.string(),
    at: z.date(),
    received_at: z.date(),
    request_id: z.string().nullable().meta({ description: 'Of the answer that led to it.' }),
    strategy: z.string().nullable(),
    slot: z.int().nullable(),
    model_id: z.string().nullable(),
    experiment_id: z.string().nullable(),
    experiment_group: z.string().nullable(),
    session_id: z.string().nullable(),
    device: z.string().nullable(),
    extra: z.unknown().meta({ description: 'What else the event said; null: nothing.' }),
  })
  .meta({ id: 'UserDeed' });

const preference = z.object({ name: z.string(), share: z.number() });

/** Of one user. */
export const profileAnswer = z
  .object({
    user_id: z.string(),
    scenario_id: z.string().nullable().meta({ description: 'null: of all scenarios together.' }),
    actions: z.record(z.string(), z.number()),
    total_actions: z.int(),
    active_days: z.int(),
    actions_per_day: z.number(),
    categories: z.array(preference),
    authors: z.array(preference),
    tags: z.array(preference),
    hours: z.array(z.int()),
    top_hours: z.array(z.int()),
    segment: z.enum(['high', 'medium', 'low']),
    last_at: z.date(),
  })
  .meta({ id: 'UserProfile' });
