import { sql } from 'kysely';
import type { TestDatabase } from '../support/database.ts';

/** The day that everything is counted up to. */
export const now = new Date('2026-11-30T00:00:00Z');
// More than the thirty days of similarities, so that some rows are too old for them.
const days = 33;
const itemsOfATaste = 120;
const tastes = 20;
const eventsOfAUser = 40;
export const tenants = ['a', 'b'] as const;
export const scenario = 'home';

/**
 * So many behaviours in the database, made there by hashes of their numbers: two tenants with the same users and items, users of
 * one taste each, one action in twelve unknown, some by an answer and under an experiment. Of each taste an item has more
 * neighbours than are kept.
 */
export async function givenBehaviors(
  { admin }: Pick<TestDatabase<unknown>, 'admin'>,
  count: number,
  // Nine of ten are the first one's.
  of: readonly string[] = [...Array(9).fill('a'), 'b'],
): Promise<void> {
  const { query } = admin;
  for (let day = 0; day <= days; day += 1) {
    const date = new Date(now.getTime() - day * 86_400_000).toISOString().slice(0, 10);
    await sql`SELECT recommender.make_day('behaviors', ${date}::date)`.execute(query);
  }
  const users = Math.ceil(count / eventsOfAUser);
  const chance = (seed: number, below: number) => sql.raw(`((hashint8extended(n, ${seed}) & 2147483647) % ${below})`);
  await sql`
    INSERT INTO recommender.behaviors (tenant_id, scenario_id, user_id, item_id, action, at, day, event_id, part, request_id,
      strategy, slot, model_id, experiment_id, experiment_group, received_at)
    SELECT tenant, ${scenario}, 'u' || who, 'i' || item, action, at, (at AT TIME ZONE 'UTC')::date, 'e' || n, 0,
      CASE WHEN by_answer THEN md5(${chance(11, 5000)}::text)::uuid END,
      CASE WHEN by_answer THEN (ARRAY['similarity', 'hot', 'model', NULL])[1 + ${chance(7, 4)}] END,
      CASE WHEN by_answer THEN ${chance(8, 20)} END,
      CASE WHEN by_answer AND ${chance(9, 2)} = 0 THEN md5(${chance(10, 2)}::text)::uuid END,
      CASE WHEN by_answer AND who % 3 > 0 THEN 'exp' END,
      CASE WHEN by_answer AND who % 3 > 0 THEN (ARRAY['control', 'treatment'])[who % 3] END, now()
    FROM (
      SELECT n, ${chance(0, users)} AS who,
        (${[...of]}::text[])[1 + ${chance(1, of.length)}] AS tenant,
        (ARRAY['impression', 'impression', 'impression', 'impression', 'click', 'click', 'view', 'like', 'add_cart', 'order',
          'purchase', 'waved'])[1 + ${chance(2, 12)}] AS action,
        ${now}::timestamptz - make_interval(secs => 1 + ${chance(3, days * 86_400 - 1)}) AS at,
        -- Mostly of the user's own taste.
        CASE WHEN ${chance(4, 10)} < 8 THEN (${chance(0, users)} % ${tastes}::int) * ${itemsOfATaste}::int + ${chance(5, itemsOfATaste)}
          ELSE ${chance(6, tastes * itemsOfATaste)} END AS item,
        ${chance(12, 3)} > 0 AS by_answer
      FROM generate_series(1, ${count}::bigint) AS n
    ) AS made`.execute(query);
  await sql`
    INSERT INTO recommender.items (tenant_id, scenario_id, item_id, status, message_time, message_offset, updated_at)
    SELECT tenant, ${scenario}, 'i' || item, CASE WHEN item % 5 = 0 THEN 'inactive' ELSE 'active' END, now(), 0, now()
    FROM unnest(${[...tenants]}::text[]) AS tenant, generate_series(0, ${tastes * itemsOfATaste - 1}::int) AS item`.execute(
    query,
  );
  await sql`
    INSERT INTO recommender.profiles (tenant_id, scenario_id, user_id, counts, segment, last_at, computed_at)
    SELECT tenant, ${scenario}, 'u' || who, '{}', (ARRAY['high', 'medium', 'low'])[1 + who % 3], now(), now()
    FROM unnest(${[...tenants]}::text[]) AS tenant, generate_series(0, ${users - 1}::int) AS who WHERE who % 7 > 0`.execute(
    query,
  );
  await sql`ANALYZE recommender.behaviors, recommender.items, recommender.profiles`.execute(query);
}
