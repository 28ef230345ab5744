import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { holdErasures } from '../erasure/tombstone-store.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';
import type { ProfileCounts } from './profile.ts';

export interface ProfileWindow {
  readonly now: Date;
  readonly days: number;
  /** What counts as having done something: what was only shown does not. */
  readonly actions: readonly string[];
}

/** What was acted on, counted by name: as an object for each user. */
const listsOfActed = sql`
  named AS (
    SELECT user_id, 'actions' AS kind, action AS name FROM acted
    UNION ALL SELECT user_id, 'categories', category FROM acted WHERE category <> ''
    UNION ALL SELECT user_id, 'authors', author FROM acted WHERE author <> ''
    UNION ALL SELECT user_id, 'tags', tag FROM acted, unnest(tags) AS tag WHERE tag <> ''
  ), counted AS (
    SELECT user_id, kind, name, count(*) AS number FROM named GROUP BY user_id, kind, name
  ), kinds AS (
    SELECT user_id, kind, jsonb_object_agg(name, number) AS numbers FROM counted GROUP BY user_id, kind
  ), listed AS (
    SELECT user_id, jsonb_object_agg(kind, numbers) AS lists FROM kinds GROUP BY user_id
  )`;

/** When a user acted: by the hour of the day, by day, and last. */
const timesOfActed = sql`
  hourly AS (
    SELECT user_id, extract(hour FROM at AT TIME ZONE 'UTC')::int AS hour, count(*) AS number FROM acted GROUP BY 1, 2
  ), histogram AS (
    SELECT user_id, jsonb_agg(coalesce(number, 0) ORDER BY hours.hour) AS hours
    FROM (SELECT DISTINCT user_id FROM acted) AS users CROSS JOIN generate_series(0, 23) AS hours (hour)
    LEFT JOIN hourly USING (user_id, hour) GROUP BY user_id
  ), totals AS (
    SELECT user_id, count(*) AS total, max(at) AS last_at,
      array_agg(DISTINCT (at AT TIME ZONE 'UTC')::date::text) AS days
    FROM acted GROUP BY user_id
  )`;

/** Adds up what the users of a scenario did within the window; who did nothing in it has no profile any more. */
export function updateProfiles<T>(
  database: Pick<Database<T>, 'transaction'>,
  { tenant, scenario }: ScenarioKey,
  { now, days, actions }: ProfileWindow,
): Promise<{ readonly profiles: number }> {
  const from = new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
  return database.transaction(async (session) => {
    const { query } = session;
    const { numAffectedRows: written = 0n } = await sql`
      WITH acted AS MATERIALIZED (
        SELECT user_id, action, at, category, author, tags
        FROM recommender.behaviors LEFT JOIN recommender.items USING (tenant_id, scenario_id, item_id)
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND action = ANY (${[...actions]}::text[])
          AND at >= ${from} AND day >= ${from}::timestamptz::date AND at <= ${now}
      ), ${listsOfActed}, ${timesOfActed}
      INSERT INTO recommender.profiles (tenant_id, scenario_id, user_id, counts, segment, last_at, computed_at)
      SELECT ${tenant}, ${scenario}, user_id,
        '{"actions": {}, "categories": {}, "authors": {}, "tags": {}}'::jsonb || lists
          || jsonb_build_object('hours', hours, 'days', to_jsonb(days), 'last_at', last_at),
        -- As segmentOf says.
        CASE WHEN total >= 10 * cardinality(days) THEN 'high' WHEN total >= 3 * cardinality(days) THEN 'medium'
          ELSE 'low' END,
        last_at, ${now}
      FROM totals JOIN listed USING (user_id) JOIN histogram USING (user_id)
      ORDER BY user_id
      ON CONFLICT (tenant_id, user_id, scenario_id) DO UPDATE
      SET counts = excluded.counts, segment = excluded.segment, last_at = excluded.last_at,
        computed_at = excluded.computed_at`.execute(query);
    await holdErasures(session);
    await sql`
      DELETE FROM recommender.profiles AS p
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND (last_at < ${from} OR NOT EXISTS (
        -- Erased while all this was computed.
        SELECT FROM recommender.behaviors AS b WHERE b.tenant_id = ${tenant} AND b.scenario_id = ${scenario}
          AND b.user_id = p.user_id AND b.day >= ${from}::timestamptz::date))`.execute(query);
    return { profiles: Number(written) };
  });
}

/** What is known of a user in each scenario of the tenant, or in one. */
export async function profilesOf<T>(
  { query }: Pick<Database<T>, 'query'>,
  {
    tenant,
    user,
    scenario,
  }: { readonly tenant: string; readonly user: string; readonly scenario?: string | undefined },
): Promise<readonly ProfileCounts[]> {
  const only = scenario === undefined ? sql`TRUE` : sql`scenario_id = ${scenario}`;
  const { rows } = await sql<{ counts: Omit<ProfileCounts, 'last_at'>; last_at: Date }>`
    SELECT counts, last_at FROM recommender.profiles
    WHERE tenant_id = ${tenant} AND user_id = ${user} AND ${only} ORDER BY scenario_id`.execute(query);
  return rows.map(({ counts, last_at }) => ({ ...counts, last_at }));
}
