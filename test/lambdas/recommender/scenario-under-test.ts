import { sql } from 'kysely';
import { servingParts } from '../../../lambdas/recommender/serving/compose.ts';
import type { TestDatabase } from '../../support/database.ts';

/** A moment that all tests of recommendations happen at. */
export const now = new Date('2026-11-30T12:00:00Z');

export interface GivenItem {
  readonly id: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  /** Days ago. */
  readonly age?: number;
  readonly status?: 'active' | 'inactive';
}

export interface GivenDeed {
  readonly user: string;
  readonly item: string;
  readonly action?: string;
  /** Hours ago. */
  readonly hours?: number;
  readonly device?: string;
}

const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 60 * 60 * 1000);

/** A scenario of a tenant in a database: what is in it, and what is asked of it. */
export function scenarioIn(database: TestDatabase<unknown>, tenant = 't1', scenario = 's1') {
  const { query } = database.app;
  let events = 0;
  return {
    key: { tenant, scenario },
    parts: servingParts(database.app, {
      clock: () => now,
      model: async () => undefined,
      key: async () => 'a key of the test',
    }),
    async items(items: readonly GivenItem[]) {
      for (const { id, category = null, tags = [], age = 0, status = 'active' } of items)
        await sql`
          INSERT INTO recommender.items (tenant_id, scenario_id, item_id, metadata, category, tags, publish_time, status,
            message_time, message_offset, updated_at)
          VALUES (${tenant}, ${scenario}, ${id}, ${JSON.stringify({ title: `${tenant} ${id}` })}::jsonb, ${category},
            ${[...tags]}, ${hoursAgo(age * 24)}, ${status}, ${now}, 0, ${now})`.execute(query);
    },
    async deeds(deeds: readonly GivenDeed[]) {
      for (const { user, item, action = 'click', hours = 1, device = null } of deeds) {
        const at = hoursAgo(hours);
        const day = at.toISOString().slice(0, 10);
        await sql`SELECT recommender.make_day('behaviors', ${day})`.execute(query);
        events += 1;
        await sql`
          INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, device,
            received_at)
          VALUES (${tenant}, ${scenario}, ${user}, ${item}, ${action}, ${at}, ${day}, ${`${scenario}-${events}`},
            ${device}, ${at})`.execute(query);
      }
    },
  };
}

/** Forgets what tests before have put there. */
export async function emptied(database: TestDatabase<unknown>): Promise<void> {
  await sql`
    TRUNCATE recommender.items, recommender.behaviors, recommender.answers, recommender.similar_items,
      recommender.profiles, recommender.hot_items, recommender.recommendations, recommender.scenarios,
      recommender.neighbors, recommender.models`.execute(database.admin.query);
}
