import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { actions, isActed, negativeActions } from '../behavior/actions.ts';
import type { Interaction, ItemContent } from '../models/model.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { OutgrownPorts, OutgrownRows, UserItems } from '../spark/outgrown.ts';
import { modelBook } from './model-store.ts';
import type { TrainingRows } from './train-scenario.ts';

// To be shown something is no act, and a no is no liking.
const positive = actions.filter((action) => isActed(action) && !negativeActions.includes(action));

/** What of a training is in the database: where it comes from and what it leaves. */
export function trainingStores(database: Database<unknown>): Pick<OutgrownPorts, 'rows' | 'models'> {
  return { rows: trainingRows(database), models: modelBook(database) };
}

// Some megabytes of lists at a time.
const usersAtOnce = 2000;
// A user with more acts is a program.
const mostPairs = 5000;

/** The acts of a scenario's window that are learnt from. */
const actsOf = ({ tenant, scenario }: ScenarioKey, from: Date, to: Date) => sql`
  recommender.behaviors
  WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND action = ANY (${[...positive]}::text[])
    AND day BETWEEN (${from.toISOString()}::timestamptz AT TIME ZONE 'UTC')::date
      AND (${to.toISOString()}::timestamptz AT TIME ZONE 'UTC')::date
    AND at >= ${from.toISOString()} AND at < ${to.toISOString()}`;

/** Who acted on which item: of a pair that came often, the newest act counts. */
async function pairsIn({ query }: Pick<Database<unknown>, 'query'>, acts: RawBuilder<unknown>): Promise<Interaction[]> {
  const { rows } = await sql<{ user: string; item: string; at: Date }>`
    SELECT user_id AS user, item_id AS item, at FROM (
      SELECT user_id, item_id, max(at) AS at, count(*) OVER (PARTITION BY user_id) AS pairs FROM ${acts}
      GROUP BY user_id, item_id) AS pair
    WHERE pairs <= ${mostPairs}`.execute(query);
  return rows.map(({ user, item, at }) => ({ user, item, at: at.getTime() }));
}

/** What is learnt from where it is too much for a function's memory. */
export function outgrownRows({ query }: Pick<Database<unknown>, 'query'>): OutgrownRows {
  return {
    async count(key, from, to) {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${actsOf(key, from, to)}`.execute(query);
      return rows[0]?.n ?? 0;
    },
    async *touched(key, from, to) {
      let last = '';
      while (true) {
        const { rows } = await sql<UserItems>`
          SELECT user_id AS user, array_agg(DISTINCT item_id) AS items FROM ${actsOf(key, from, to)} AND user_id > ${last}
          GROUP BY user_id ORDER BY user_id LIMIT ${usersAtOnce}`.execute(query);
        const newest = rows.at(-1);
        if (!newest) return;
        yield rows.filter(({ items }) => items.length <= mostPairs);
        last = newest.user;
      }
    },
    sample: (key, from, to, oneOf) =>
      pairsIn({ query }, sql`${actsOf(key, from, to)} AND hashtextextended(user_id, 0) % ${oneOf} = 0`),
    items: trainingRows({ query }).items,
  };
}

/** What is learnt from: who acted on which item, and what is known of the items. */
export function trainingRows({ query }: Pick<Database<unknown>, 'query'>): TrainingRows {
  return {
    interactions: (key, from, to) => pairsIn({ query }, actsOf(key, from, to)),
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
