import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { actionWeights } from '../behavior/actions.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

// Of one day: yesterday's action counts nine tenths of this moment's.
const decayPerDay = 0.1;
// How long an action is looked at.
const hotHours = 24;

// More than any answer has, for each of the audiences.
const mostItems = 300;

/**
 * Scores what is hot: among all users, and among those with the same device, system or place. After a day without
 * behaviour the scores of before stay, since an empty list would help no user.
 */
export function updateHotItems<T>(
  database: Pick<Database<T>, 'transaction'>,
  { tenant, scenario }: ScenarioKey,
  now: Date,
): Promise<{ readonly hot: number }> {
  return database.transaction(async ({ query }) => {
    const from = new Date(now.getTime() - hotHours * 60 * 60 * 1000);
    const { rows } = await sql<{ hot: number }>`
      WITH acted AS (${warmth({ tenant, scenario }, { from, now })}), scored AS (
        SELECT audience, item_id, sum(heat) AS score,
          row_number() OVER (PARTITION BY audience ORDER BY sum(heat) DESC, item_id) AS place
        FROM acted
        CROSS JOIN LATERAL (VALUES ('', TRUE), ('device:' || device, device <> 'unknown'), ('os:' || os, os <> ''),
          ('location:' || location, location <> '')) AS said (audience, is_said)
        JOIN recommender.items USING (item_id)
        WHERE is_said AND items.tenant_id = ${tenant} AND items.scenario_id = ${scenario} AND items.status = 'active'
          AND items.deleted_at IS NULL
        GROUP BY audience, item_id
      ), written AS (
        INSERT INTO recommender.hot_items AS known (tenant_id, scenario_id, audience, item_id, score, computed_at)
        SELECT ${tenant}, ${scenario}, audience, item_id, score, ${now} FROM scored WHERE place <= ${mostItems}
        ORDER BY audience, item_id
        ON CONFLICT (tenant_id, scenario_id, audience, item_id) DO UPDATE
        SET score = excluded.score, computed_at = excluded.computed_at
        RETURNING audience
      )
      SELECT count(*) FILTER (WHERE audience = '') AS hot FROM written`.execute(query);
    const hot = rows[0]?.hot ?? 0;
    if (hot > 0)
      await sql`
        DELETE FROM recommender.hot_items
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND computed_at <> ${now}`.execute(query);
    return { hot };
  });
}

/** What each action since then is worth at this moment, and in whose context it was done. */
function warmth({ tenant, scenario }: ScenarioKey, { from, now }: { readonly from: Date; readonly now: Date }) {
  return sql`
    SELECT item_id, device, os, location,
      (${JSON.stringify(actionWeights)}::jsonb ->> action)::float8
        -- A clock that is ahead makes nothing hotter than now.
        * exp(-${decayPerDay}::float8 * greatest(0, extract(epoch FROM ${now}::timestamptz - at)::float8) / 86400) AS heat
    FROM recommender.behaviors
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND at > ${from} AND day >= ${from}::timestamptz::date
      AND action = ANY (${Object.keys(actionWeights)}::text[])`;
}
