import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { holdErasures } from '../erasure/tombstone-store.ts';
import { scenariosKeptFrom } from '../files/retention-store.ts';

/** What one computation has made. */
export interface Computed {
  /** Days of scenarios whose behaviour is new. */
  readonly days: number;
  readonly rows: number;
}

// A transaction that began before the last computation may have ended after it; none lasts longer.
const overlap = '10 minutes';

export interface Computing {
  readonly tenant: string;
  readonly scenario: string;
  readonly now: Date;
  readonly knownActions: readonly string[];
}

/**
 * Computes anew every day of a scenario that behaviour has come for since the last time, late events included: the day's
 * rows are replaced as a whole, so that doing it twice changes nothing.
 */
export function computeMetrics<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  computing: Computing,
): Promise<Computed> {
  const { tenant, scenario } = computing;
  return transaction(async (session) => {
    const { query } = session;
    await holdMetrics(session, computing);
    const days = await findChanged(session, computing);
    await sql`
      DELETE FROM recommender.daily_metrics m USING changed c
      WHERE (m.tenant_id, m.scenario_id, m.day) = (c.tenant_id, c.scenario_id, c.day)`.execute(query);
    const rows = await addDays(session, computing);
    await keepExposures(session);
    await forgetErased(session);
    await sql`
      INSERT INTO recommender.metrics_progress (tenant_id, scenario_id, received_until)
      VALUES (${tenant}, ${scenario}, now())
      ON CONFLICT (tenant_id, scenario_id) DO UPDATE SET received_until = excluded.received_until`.execute(query);
    return { days, rows };
  });
}

type OfScenario = Pick<Computing, 'tenant' | 'scenario'>;

/** Holds back other computations of a scenario's figures, and the removal of their behaviour, until the transaction ends. */
export async function holdMetrics<T>({ query }: Session<T>, { tenant, scenario }: OfScenario): Promise<void> {
  const one = JSON.stringify(['recommender.compute-metrics', tenant, scenario]);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${one}, 0))`.execute(query);
}

/** Whether the figures of a day include all of its behaviour. */
export async function areCounted<T>(
  { query }: Session<T>,
  { tenant, scenario }: OfScenario,
  day: string,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM recommender.metrics_progress AS p
    WHERE p.tenant_id = ${tenant} AND p.scenario_id = ${scenario} AND NOT EXISTS (
      SELECT FROM recommender.behaviors AS b
      WHERE b.tenant_id = ${tenant} AND b.scenario_id = ${scenario} AND b.day = ${day}::date
        AND b.received_at >= p.received_until)`.execute(query);
  return rows.length > 0;
}

/**
 * Of what was received since, as far as the database's own clock has it. A day whose behaviour is past its retention stays as
 * it was counted: what an import brings of it is all that is there now.
 */
async function findChanged<T>({ query }: Session<T>, { tenant, scenario, now }: Computing): Promise<number> {
  const limits = await scenariosKeptFrom({ query }, { now, tenant });
  const keptFrom = limits.find(({ scenario_id }) => scenario_id === scenario)?.kept_from ?? '-infinity';
  await sql`
    CREATE TEMPORARY TABLE changed (tenant_id text COLLATE "C", scenario_id text COLLATE "C", day date) ON COMMIT DROP`.execute(
    query,
  );
  await sql`
    INSERT INTO changed SELECT DISTINCT tenant_id, scenario_id, day FROM recommender.behaviors
    WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND received_at >= coalesce(
      (SELECT received_until - ${overlap}::interval FROM recommender.metrics_progress
       WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}), '-infinity')
      AND day >= least(${keptFrom}::date, coalesce(
        (SELECT rows_from FROM recommender.kept_behavior
         WHERE tenant_id = ${tenant} AND scenario_id = ${scenario}), '-infinity'))`.execute(query);
  await sql`ANALYZE changed`.execute(query);
  const { rows } = await sql<{ days: number }>`SELECT count(*)::int AS days FROM changed`.execute(query);
  return rows[0]?.days ?? 0;
}

/** All dimensions in one pass: behaviour is read once. */
async function addDays<T>({ query }: Session<T>, { now, knownActions }: Computing): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO recommender.daily_metrics (tenant_id, scenario_id, day, dimension, value, impressions, clicks, conversions,
      engagements, items_shown, active_users, active_items, computed_at)
    SELECT f.*, (SELECT count(*) FROM recommender.items i WHERE (i.tenant_id, i.scenario_id) = (f.tenant_id, f.scenario_id)
      AND i.status = 'active'), ${now}::timestamptz
    FROM (
      SELECT b.tenant_id, b.scenario_id, b.day,
        CASE 0 WHEN grouping(b.strategy) THEN 'strategy' WHEN grouping(b.model_id) THEN 'model'
          WHEN grouping(b.experiment_id) THEN 'experiment' WHEN grouping(b.slot) THEN 'slot'
          WHEN grouping(p.segment) THEN 'segment' ELSE '' END AS dimension,
        coalesce(b.strategy, b.model_id::text, b.experiment_id || ':' || coalesce(b.experiment_group, ''), b.slot::text,
          p.segment, '') AS value,
        count(*) FILTER (WHERE b.action = 'impression'), count(*) FILTER (WHERE b.action = 'click'),
        count(*) FILTER (WHERE b.action IN ('order', 'payment', 'purchase')),
        count(*) FILTER (WHERE b.action IN ('like', 'favorite', 'share', 'comment', 'follow')),
        count(DISTINCT b.item_id) FILTER (WHERE b.action = 'impression'), count(DISTINCT b.user_id)
      FROM recommender.behaviors b JOIN changed c USING (tenant_id, scenario_id, day)
        LEFT JOIN recommender.profiles p USING (tenant_id, scenario_id, user_id)
      WHERE b.action = ANY (${[...knownActions]}::text[])
      GROUP BY b.tenant_id, b.scenario_id, b.day,
        GROUPING SETS ((), (b.strategy), (b.model_id), (b.experiment_id, b.experiment_group), (b.slot), (p.segment))
      -- What has no strategy is in the sum of all, and no row of its own.
      HAVING grouping(b.strategy, b.model_id, b.experiment_id, b.slot, p.segment) = 31
        OR coalesce(b.strategy, b.model_id::text, b.experiment_id, b.slot::text, p.segment) IS NOT NULL
    ) AS f`.execute(query);
  return Number(numAffectedRows ?? 0);
}

/** Keeps who took part in experiments and what they did there, which outlives the behaviour itself. */
async function keepExposures<T>({ query }: Session<T>): Promise<void> {
  await sql`
    INSERT INTO recommender.exposures (tenant_id, experiment_id, user_id, variant, day)
    SELECT DISTINCT ON (tenant_id, experiment_id, user_id) tenant_id, experiment_id, user_id, variant, day FROM (
      SELECT b.tenant_id, b.experiment_id, b.user_id, b.experiment_group AS variant, b.day
      FROM recommender.behaviors b JOIN changed c USING (tenant_id, scenario_id, day)
        JOIN recommender.experiments x USING (tenant_id, scenario_id, experiment_id)
      WHERE b.experiment_group IS NOT NULL AND b.action IN ('impression', 'click')
      UNION ALL SELECT a.tenant_id, a.experiment_id, a.user_id, a.experiment_group, a.day
      FROM recommender.answers a JOIN (
        SELECT tenant_id, scenario_id, min(day) AS since FROM changed GROUP BY tenant_id, scenario_id) AS c
        USING (tenant_id, scenario_id)
        JOIN recommender.experiments x USING (tenant_id, scenario_id, experiment_id)
      -- Also of days on which nobody did anything with what was answered.
      WHERE a.day >= c.since AND a.experiment_group IS NOT NULL) AS found
    ORDER BY tenant_id, experiment_id, user_id, day, variant
    ON CONFLICT (tenant_id, experiment_id, user_id) DO UPDATE SET day = least(exposures.day, excluded.day)`.execute(
    query,
  );
  await sql`
    INSERT INTO recommender.exposure_days (tenant_id, experiment_id, user_id, day, impressions, clicks)
    SELECT b.tenant_id, b.experiment_id, b.user_id, b.day, count(*) FILTER (WHERE b.action = 'impression'),
      -- Once for an item of an answer, on the first day.
      count(DISTINCT (coalesce(b.request_id::text, b.event_id), b.item_id)) FILTER (WHERE b.action = 'click'
        AND NOT EXISTS (
          SELECT FROM recommender.behaviors e
          WHERE (e.tenant_id, e.experiment_id, e.user_id, e.item_id, e.request_id)
              = (b.tenant_id, b.experiment_id, b.user_id, b.item_id, b.request_id)
            AND e.action = 'click' AND e.day < b.day))
    FROM recommender.behaviors b JOIN changed c USING (tenant_id, scenario_id, day)
      JOIN recommender.experiments x USING (tenant_id, scenario_id, experiment_id)
    WHERE b.action IN ('impression', 'click')
    GROUP BY b.tenant_id, b.experiment_id, b.user_id, b.day
    ON CONFLICT (tenant_id, experiment_id, user_id, day)
      DO UPDATE SET impressions = excluded.impressions, clicks = excluded.clicks`.execute(query);
}

/** Deletes exposures of users without any rows left on the days just read: they were erased during this computation. */
async function forgetErased<T>(session: Session<T>): Promise<void> {
  await holdErasures(session);
  for (const table of ['exposures', 'exposure_days'])
    await sql`
      DELETE FROM recommender.${sql.ref(table)} AS e USING changed AS c, recommender.experiments AS x
      WHERE (x.tenant_id, x.experiment_id) = (e.tenant_id, e.experiment_id)
        AND (x.tenant_id, x.scenario_id, e.day) = (c.tenant_id, c.scenario_id, c.day)
        AND NOT EXISTS (SELECT FROM recommender.behaviors AS b
          WHERE (b.tenant_id, b.scenario_id, b.user_id, b.day) = (x.tenant_id, x.scenario_id, e.user_id, e.day))
        AND NOT EXISTS (SELECT FROM recommender.answers AS a
          WHERE (a.tenant_id, a.scenario_id, a.user_id, a.day) = (x.tenant_id, x.scenario_id, e.user_id, e.day))`.execute(
      session.query,
    );
}
