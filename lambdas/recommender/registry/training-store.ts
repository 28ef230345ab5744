import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { actions, isActed, negativeActions } from '../behavior/actions.ts';
import type { Interaction, ItemContent } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { TrainingRows } from './train-scenario.ts';

// To be shown something is no act, and a no is no liking.
const positive = actions.filter((action) => isActed(action) && !negativeActions.includes(action));

/** What is learnt from: who acted on which item, and what is known of the items. */
export function trainingRows({ query }: Pick<Database<unknown>, 'query'>): TrainingRows {
  return {
    async interactions({ tenant, scenario }: ScenarioKey, from: Date, to: Date): Promise<Interaction[]> {
      // Of a pair that came often, the newest act counts. A user with more than 5,000 acts is a program.
      const { rows } = await sql<{ user_id: string; item_id: string; at: Date }>`
        SELECT user_id, item_id, at FROM (
          SELECT user_id, item_id, max(at) AS at, count(*) OVER (PARTITION BY user_id) AS pairs
          FROM recommender.behaviors
          WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND action = ANY (${[...positive]}::text[])
            AND day BETWEEN (${from.toISOString()}::timestamptz AT TIME ZONE 'UTC')::date
              AND (${to.toISOString()}::timestamptz AT TIME ZONE 'UTC')::date
            AND at >= ${from.toISOString()} AND at < ${to.toISOString()}
          GROUP BY user_id, item_id) AS pair
        WHERE pairs <= 5000`.execute(query);
      return rows.map(({ user_id, item_id, at }) => ({ user: user_id, item: item_id, at: at.getTime() }));
    },
    async items({ tenant, scenario }: ScenarioKey): Promise<ItemContent[]> {
      const { rows } = await sql<ContentRow>`
        SELECT item_id, category, author, tags, extract(year FROM publish_time AT TIME ZONE 'UTC')::int AS year,
          left(concat_ws(' ', title, description), 2000) AS text
        FROM recommender.items
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND status = 'active'`.execute(query);
      return rows.map(({ item_id, category, author, tags, year, text }) => ({
        item: item_id,
        category: category ?? undefined,
        author: author ?? undefined,
        tags,
        year: year ?? undefined,
        text,
      }));
    },
  };
}

interface ContentRow {
  readonly item_id: string;
  readonly category: string | null;
  readonly author: string | null;
  readonly tags: string[];
  readonly year: number | null;
  readonly text: string;
}
