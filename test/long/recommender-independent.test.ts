import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../lambdas/recommender/behavior/actions.ts';
import { answerFrom } from '../../lambdas/recommender/metrics/answer-store.ts';
import { computeMetrics } from '../../lambdas/recommender/metrics/compute-store.ts';
import { computeSimilarity } from '../../lambdas/recommender/similarity/similarity-store.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { counted, lengths } from '../support/lengths.ts';
import { givenBehaviors, now, scenario, tenants } from './generated-behaviors.ts';

/** Similarity, metrics and funnel beside a computation in SQL that shares no line with them: every row of both has to be in both. */

let database: TestDatabase<unknown>;

beforeAll(async () => {
  database = await startTestDatabase();
  await givenBehaviors(database, lengths.generatedBehaviors);
});
afterAll(() => database?.stop());

/** How many rows of each are not in the other; and of the first, how many there are. */
async function differences(ours: ReturnType<typeof sql>, theirs: ReturnType<typeof sql>) {
  const { rows } = await sql<{ rows: number; too_much: number; missing: number }>`
    WITH ours AS MATERIALIZED (${ours}), theirs AS MATERIALIZED (${theirs})
    SELECT (SELECT count(*)::int FROM ours) AS rows,
      (SELECT count(*)::int FROM (TABLE ours EXCEPT ALL TABLE theirs) AS x) AS too_much,
      (SELECT count(*)::int FROM (TABLE theirs EXCEPT ALL TABLE ours) AS x) AS missing`.execute(database.admin.query);
  const [found] = rows;
  if (!found) throw new Error('No differences were counted');
  return found;
}

describe(`of ${counted(lengths.generatedBehaviors)} generated behaviours`, () => {
  test.each(tenants)('similarity of tenant %s equals pairs of users’ items joined in SQL', async (tenant) => {
    await computeSimilarity(database.app, { tenant, scenario }, { now, days: 30 });
    const ours = sql`
      SELECT item_id, other, round(score::numeric, 12) AS score, overlap
      FROM recommender.similar_items, unnest(others, scores, in_common) AS near (other, score, overlap)
      WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}`;
    const theirs = sql`
      SELECT item_id, other, round(score::numeric, 12), overlap FROM (
        SELECT *, row_number() OVER (PARTITION BY item_id ORDER BY score DESC, other) AS place FROM (
          SELECT one.item_id, two.item_id AS other, count(*)::int AS overlap,
            count(*) / sqrt(((SELECT n FROM popular WHERE item_id = one.item_id) * (SELECT n FROM popular WHERE item_id = two.item_id))::float8) AS score
          FROM liked AS one JOIN liked AS two ON one.user_id = two.user_id AND one.item_id <> two.item_id
          GROUP BY one.item_id, two.item_id
        ) AS pairs WHERE score > 0.1
      ) AS ranked WHERE place <= 100`;
    await sql`DROP TABLE IF EXISTS liked, popular`.execute(database.admin.query);
    await sql`
      CREATE TABLE liked AS SELECT DISTINCT user_id, item_id FROM recommender.behaviors
      WHERE tenant_id = ${tenant} AND action IN ('click', 'view', 'like', 'favorite', 'share', 'purchase')
        AND at BETWEEN ${now}::timestamptz - interval '30 days' AND ${now}`.execute(database.admin.query);
    await sql`CREATE TABLE popular AS SELECT item_id, count(*) AS n FROM liked GROUP BY item_id`.execute(
      database.admin.query,
    );
    await sql`ALTER TABLE popular ADD PRIMARY KEY (item_id)`.execute(database.admin.query);

    const found = await differences(ours, theirs);

    expect(found).toMatchObject({ too_much: 0, missing: 0 });
    // At each length: pairs of the second tenant, a tenth of all behaviour, are about as many as items.
    expect(found.rows).toBeGreaterThan(1000);
  });

  test.each(tenants)('metrics of tenant %s equal what is counted for each dimension alone', async (tenant) => {
    await computeMetrics(database.app, { tenant, scenario, now, knownActions: actions });
    const ours = sql`
      SELECT day, dimension, value, impressions, clicks, conversions, engagements, items_shown, active_users, active_items
      FROM recommender.daily_metrics WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}`;
    const by = {
      '': sql`''`,
      strategy: sql`b.strategy`,
      model: sql`b.model_id::text`,
      experiment: sql`b.experiment_id || ':' || b.experiment_group`,
      slot: sql`b.slot::text`,
      segment: sql`(SELECT p.segment FROM recommender.profiles p
        WHERE (p.tenant_id, p.scenario_id, p.user_id) = (b.tenant_id, b.scenario_id, b.user_id))`,
    };
    const theirs = sql.join(
      Object.entries(by).map(
        ([dimension, value]) => sql`
          SELECT day, ${dimension}::text, value, sum((action = 'impression')::int), sum((action = 'click')::int),
            sum((action IN ('order', 'payment', 'purchase'))::int),
            sum((action IN ('like', 'favorite', 'share', 'comment', 'follow'))::int),
            count(DISTINCT CASE action WHEN 'impression' THEN item_id END), count(DISTINCT user_id),
            (SELECT count(*) FROM recommender.items WHERE tenant_id = ${tenant} AND status = 'active')
          FROM (SELECT b.*, ${value} AS value FROM recommender.behaviors b
            WHERE tenant_id = ${tenant} AND action <> 'waved') AS valued
          WHERE value IS NOT NULL GROUP BY day, value`,
      ),
      sql` UNION ALL `,
    );

    const found = await differences(ours, theirs);

    expect(found).toMatchObject({ too_much: 0, missing: 0 });
    expect(found.rows).toBeGreaterThan(30);
  });

  test.each(tenants)('the funnel of tenant %s equals who has such steps one after the other', async (tenant) => {
    const scope = { tenant_id: tenant, scenario_id: scenario, from: '2026-10-01', to: '2026-11-30' };
    const { rows } = await answerFrom(
      database.app,
      { ask: 'funnel', scope },
      { hotFrom: '2026-10-01', knownActions: actions },
    );
    const steps = sql`
      SELECT user_id, at, action = 'impression' AS shown, action = 'click' AS clicked,
        action IN ('like', 'favorite', 'share', 'comment', 'follow', 'add_cart') AS engaged,
        action IN ('order', 'payment', 'purchase') AS converted
      FROM recommender.behaviors WHERE tenant_id = ${tenant}`;
    const afterClick = (step: string) => sql`
      (SELECT count(DISTINCT i.user_id) FROM steps i JOIN steps c USING (user_id) JOIN steps v USING (user_id)
        WHERE i.shown AND c.clicked AND ${sql.ref(`v.${step}`)} AND i.at <= c.at AND c.at <= v.at)`;
    const theirs = await sql<Record<string, number>>`
      WITH steps AS MATERIALIZED (${steps})
      SELECT (SELECT count(DISTINCT user_id) FROM steps WHERE shown) AS impression,
        (SELECT count(DISTINCT i.user_id) FROM steps i JOIN steps c USING (user_id)
          WHERE i.shown AND c.clicked AND i.at <= c.at) AS click,
        ${afterClick('engaged')} AS engagement, ${afterClick('converted')} AS conversion`.execute(database.admin.query);

    expect(rows).toEqual(theirs.rows);
    expect(Number(theirs.rows[0]?.conversion)).toBeGreaterThan(0);
  });
});
