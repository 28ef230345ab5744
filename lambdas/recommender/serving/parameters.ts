import * as z from 'zod';
import { asStorableJson, isStorable } from '#kit/text/storable.ts';
import { itemId, scenarioId, userId } from '../identifiers.ts';
import { readContext } from '../ranking/question.ts';

const most = 100;
const count = z.int().min(1).max(most).default(20);
const word = z.string().min(1).max(200).refine(isStorable, 'has a character that can’t be stored');

const filters = z
  .object({
    exclude_items: z.array(itemId).max(1000).default([]),
    category: word.optional(),
    tags: z.array(word).max(50).default([]),
    published_after: z.iso
      .datetime({ offset: true })
      .or(z.iso.date())
      .transform((text) => new Date(text))
      .optional(),
  })
  .meta({ id: 'RecommendFilters' });

/** POST /recommend */
export const recommendBody = z
  .object({
    scenario_id: scenarioId,
    count,
    filters: filters.prefault({}),
    context: z
      .record(z.string(), z.unknown())
      .default({})
      .transform(asStorableJson)
      .transform(readContext)
      .meta({ description: 'What is known of who asks: device_type, os, location, interests.' }),
    debug: z.boolean().default(false),
  })
  .meta({ id: 'RecommendRequest' });

/** POST /recommend/next */
export const nextBody = z.object({ request_id: z.uuid(), count }).meta({ id: 'RecommendNextRequest' });

export const itemPath = z.object({ scenario_id: scenarioId, item_id: itemId });
export const userPath = z.object({ user_id: userId });
