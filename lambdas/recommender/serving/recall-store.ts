import { type RawBuilder, sql } from 'kysely';
import { keptPlan } from '#adapters/database/postgres-connection.ts';
import type { Database } from '#adapters/database.ts';
import type { ProfileCounts } from '../profiles/profile.ts';
import { profilesOf } from '../profiles/profile-store.ts';
import type { Candidate, RankedItem } from '../ranking/candidate.ts';
import type { Deed, Filters, Tastes } from '../ranking/question.ts';
import type { ScenarioKey } from '../scenarios/scenario-key.ts';

/** What a user did last, and how much each action says. */
export interface HistoryQuestion {
  readonly user: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly now: Date;
}

/** Of a thousand candidates, what they are ranked by. */
export interface FoundItems {
  readonly items: ReadonlyMap<string, RankedItem>;
  readonly seen: ReadonlySet<string>;
}

/** Finds candidates in what schedules have computed, and in the items as they are at this moment. */
export interface Recall {
  /** The newest first; items that no longer exist are among them. */
  history(key: ScenarioKey, question: HistoryQuestion): Promise<readonly Deed[]>;
  /** What the schedule has added up of a user's month. */
  profile(key: ScenarioKey, user: string): Promise<ProfileCounts | undefined>;
  similar(key: ScenarioKey, deeds: readonly Deed[]): Promise<readonly Candidate[]>;
  tagged(key: ScenarioKey, tastes: Tastes, filters: Filters): Promise<readonly Candidate[]>;
  hot(key: ScenarioKey, audiences: readonly string[], filters: Filters): Promise<readonly Candidate[]>;
  newest(key: ScenarioKey, filters: Filters): Promise<readonly Candidate[]>;
  /** Any that the user has not acted on, the newest first: where the strategies have too few. */
  unseen(
    key: ScenarioKey,
    question: { readonly user: string; readonly count: number },
    filters: Filters,
  ): Promise<readonly Candidate[]>;
  /** Those that are active and pass the filters, and which of them the user has acted on: to be shown something is no action. */
  items(
    key: ScenarioKey,
    asked: { readonly user: string | undefined; readonly ids: readonly string[] },
    filters: Filters,
  ): Promise<FoundItems>;
  /** What is shown of those that are active and pass the filters. */
  metadata(key: ScenarioKey, ids: readonly string[], filters: Filters): Promise<ReadonlyMap<string, unknown>>;
}

// Of statements about behaviour, which stands in a table for each day.
const plan = sql.raw(keptPlan);
// What a user did before says little of what they want now, and each has its neighbours to be read.
const mostDeeds = 50;
// A list has a hundred, some of which are seen or filtered away.
const most = 300;
// Neighbours by content beside those by behaviour.
const contentTrust = 0.3;
// After a month an action says half.
const halfLifeDays = 30;

/** In the tables of the recommender. */
export function recall<T>({ query }: Pick<Database<T>, 'query'>): Recall {
  const candidates = async (rows: RawBuilder<Candidate>) => (await rows.execute(query)).rows;
  return {
    history: async (key, question) => (await lastDeeds(key, question).execute(query)).rows,
    async profile(key, user) {
      const [profile] = await profilesOf({ query }, { ...key, user });
      return profile;
    },
    similar: (key, deeds) => candidates(similarTo(key, deeds)),
    tagged: (key, tastes, filters) => candidates(likedBy(key, tastes, filters)),
    hot: (key, audiences, filters) => candidates(hotAmong(key, audiences, filters)),
    newest: (key, filters) =>
      candidates(sql`
        SELECT item_id AS item, 1.0 / row_number() OVER (ORDER BY publish_time DESC NULLS LAST, item_id) AS score, 'new' AS reason
        FROM recommender.items WHERE ${shown(key, filters)}
        ORDER BY publish_time DESC NULLS LAST, item_id LIMIT ${most}`),
    unseen: (key, { user, count }, filters) =>
      candidates(sql`${plan}
        SELECT item_id AS item, 1.0 / row_number() OVER (ORDER BY publish_time DESC NULLS LAST, item_id) AS score, 'new' AS reason
        FROM recommender.items
        WHERE ${shown(key, filters)} AND NOT EXISTS (SELECT FROM recommender.behaviors AS done WHERE ${actedOn(key, user)} AND done.item_id = items.item_id)
        ORDER BY publish_time DESC NULLS LAST, item_id LIMIT ${count}`),
    items: async (key, asked, filters) => foundItems((await rankedItems(key, asked, filters).execute(query)).rows),
    async metadata(key, ids, filters) {
      const { rows } = await sql<{ item_id: string; metadata: unknown }>`
        SELECT item_id, metadata FROM recommender.items
        WHERE ${shown(key, filters)} AND item_id = ANY (${[...ids]}::text[])`.execute(query);
      return new Map(rows.map(({ item_id, metadata }) => [item_id, metadata]));
    },
  };
}

type RankedRow = RankedItem & { readonly seen: boolean };

function rankedItems(
  key: ScenarioKey,
  { user, ids }: Parameters<Recall['items']>[1],
  filters: Filters,
): RawBuilder<RankedRow> {
  const columns = sql`item_id, category, author, tags, publish_time, view_count, like_count, completion_rate`;
  const wanted = sql`${shown(key, filters)} AND items.item_id = ANY (${[...ids]}::text[])`;
  if (user === undefined) return sql`SELECT ${columns}, false AS seen FROM recommender.items WHERE ${wanted}`;
  // By the user first: for each of a thousand items every day's index would be looked into.
  return sql`${plan}
    WITH acted AS MATERIALIZED (SELECT DISTINCT item_id FROM recommender.behaviors AS done WHERE ${actedOn(key, user)})
    SELECT ${columns}, acted.item_id IS NOT NULL AS seen
    FROM recommender.items LEFT JOIN acted USING (item_id) WHERE ${wanted}`;
}

function foundItems(rows: readonly RankedRow[]): FoundItems {
  return {
    items: new Map(rows.map(({ seen: _seen, ...item }) => [item.item_id, item])),
    seen: new Set(rows.flatMap(({ item_id, seen }) => (seen ? [item_id] : []))),
  };
}

/** What a user did last to each item, weighed by what it says and how long ago it was. */
function lastDeeds({ tenant, scenario }: ScenarioKey, { user, weights, now }: HistoryQuestion): RawBuilder<Deed> {
  return sql`${plan}
    SELECT deeds.item_id AS item, weight * 0.5 ^ (greatest(0, extract(epoch FROM ${now}::timestamptz - at)::float8) / 86400 / ${halfLifeDays}) AS weight,
      at, category, coalesce(tags, '{}') AS tags
    FROM (
      SELECT item_id, max(at) AS at,
        -- A dislike takes back whatever there was.
        CASE WHEN min(number) < 0 THEN min(number) ELSE max(number) END AS weight
      FROM recommender.behaviors
      CROSS JOIN LATERAL (SELECT (${JSON.stringify(weights)}::jsonb ->> action)::float8 AS number) AS weighed
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND user_id = ${user} AND number <> 0
      GROUP BY item_id ORDER BY max(at) DESC, item_id LIMIT ${mostDeeds}
    ) AS deeds
    LEFT JOIN recommender.items
      ON items.tenant_id = ${tenant} AND items.scenario_id = ${scenario} AND items.item_id = deeds.item_id
    ORDER BY at DESC, deeds.item_id`;
}

/** What is hot among all users, and among those with the same context. */
function hotAmong(key: ScenarioKey, audiences: readonly string[], filters: Filters): RawBuilder<Candidate> {
  const { tenant, scenario } = key;
  return sql`
    SELECT item_id AS item,
      -- What is hot among those who are alike counts as much as among everybody, however few they are.
      sum(score / best) AS score, 'hot' AS reason
    FROM (
      SELECT item_id, score, max(score) OVER (PARTITION BY audience) AS best FROM recommender.hot_items
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND audience = ANY (${[...audiences]}::text[])
    ) AS heat
    JOIN recommender.items USING (item_id)
    WHERE ${shown(key, filters)}
    GROUP BY item_id ORDER BY score DESC, item_id LIMIT ${most}`;
}

/** Every other item that stands beside one of the history; what was disliked counts against its neighbours. */
function similarTo({ tenant, scenario }: ScenarioKey, deeds: readonly Deed[]): RawBuilder<Candidate> {
  return sql`
    WITH deeds AS (
      SELECT * FROM unnest(${deeds.map(({ item }) => item)}::text[], ${deeds.map(({ weight }) => weight)}::float8[]) AS deed (item_id, weight)
    ), near AS (
      SELECT other, item_id, weight * score AS score
      FROM deeds JOIN recommender.similar_items USING (item_id), unnest(others, scores) AS near (other, score)
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}
      UNION ALL
      -- By what they say, where nobody has acted on them yet: less sure than what users do.
      SELECT other_id, item_id, weight * score * ${contentTrust}
      FROM deeds JOIN recommender.neighbors USING (item_id)
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}
    ), summed AS (
      SELECT other, sum(score) AS score, (array_agg(item_id ORDER BY score DESC, item_id))[1:3] AS because
      FROM near GROUP BY other
    )
    SELECT other AS item, score, 'similar to ' || because[1] AS reason, because
    FROM summed WHERE score > 0 ORDER BY score DESC, other LIMIT ${most}`;
}

/** Items with the tags and categories that a user likes, the newest of the most liked first. */
function likedBy(key: ScenarioKey, { tags, categories }: Tastes, filters: Filters): RawBuilder<Candidate> {
  const tagWeights = JSON.stringify(Object.fromEntries(tags));
  const categoryWeights = JSON.stringify(Object.fromEntries(categories));
  return sql`
    SELECT item_id AS item, liked.score, 'tag ' || liked.name AS reason
    FROM (
      (SELECT item_id, tags, category, publish_time FROM recommender.items
        WHERE ${shown(key, filters)} AND tags && ${[...tags.keys()]}::text[]
        ORDER BY publish_time DESC NULLS LAST LIMIT ${most})
      UNION
      (SELECT item_id, tags, category, publish_time FROM recommender.items
        WHERE ${shown(key, filters)} AND category = ANY (${[...categories.keys()]}::text[])
        ORDER BY publish_time DESC NULLS LAST LIMIT ${most})
    ) AS found
    CROSS JOIN LATERAL (
      SELECT sum(weight) AS score, (array_agg(name ORDER BY weight DESC, name))[1] AS name
      FROM (
        SELECT tag AS name, (${tagWeights}::jsonb ->> tag)::float8 AS weight FROM unnest(tags) AS tag
        UNION ALL SELECT category, (${categoryWeights}::jsonb ->> category)::float8
      ) AS weighed WHERE weight > 0
    ) AS liked
    WHERE liked.score > 0
    ORDER BY liked.score DESC, publish_time DESC NULLS LAST, item_id LIMIT ${most}`;
}

function shown({ tenant, scenario }: ScenarioKey, filters: Filters): RawBuilder<unknown> {
  const { exclude_items, category, tags, published_after } = filters;
  return sql.join(
    [
      sql`items.tenant_id = ${tenant} AND items.scenario_id = ${scenario} AND items.status = 'active'
        AND items.deleted_at IS NULL`,
      ...(exclude_items.length > 0 ? [sql`items.item_id <> ALL (${[...exclude_items]}::text[])`] : []),
      ...(category === undefined ? [] : [sql`items.category = ${category}`]),
      ...(tags.length > 0 ? [sql`items.tags && ${[...tags]}::text[]`] : []),
      ...(published_after ? [sql`items.publish_time > ${published_after}`] : []),
    ],
    sql` AND `,
  );
}

function actedOn({ tenant, scenario }: ScenarioKey, user: string): RawBuilder<unknown> {
  return sql`done.tenant_id = ${tenant} AND done.scenario_id = ${scenario} AND done.user_id = ${user}
    AND done.action <> 'impression'`;
}
