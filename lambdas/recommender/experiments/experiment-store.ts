import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { ConflictError, NotFoundError } from '#kit/errors.ts';
import type { Experiment, NewExperiment } from './experiment.ts';
import type { ExperimentBook } from './ports.ts';
import type { DayOfVariant, VariantFacts } from './results.ts';

const columns = sql`experiment_id, scenario_id, name, description, variants, least_lift, state, author,
  created_at, started_at, stopped_at`;

/** Experiments of all tenants; every statement names its one. */
export function experimentBook<T>({ query }: Pick<Database<T>, 'query'>): ExperimentBook {
  return {
    async add(tenant, given, { author, now }) {
      const { rows } = await sql<Experiment>`
        INSERT INTO recommender.experiments
          (tenant_id, experiment_id, scenario_id, name, description, variants, least_lift, author, created_at)
        VALUES (${tenant}, ${given.experiment_id}, ${given.scenario_id}, ${given.name}, ${given.description},
          ${JSON.stringify(given.variants)}::jsonb, ${given.least_lift}, ${author}, ${now})
        ON CONFLICT DO NOTHING
        RETURNING ${columns}`.execute(query);
      return made(rows[0], given);
    },
    async list(tenant, { scenario_id, state }, { start, length }) {
      const { rows } = await sql<Experiment & { total: number }>`
        SELECT ${columns}, count(*) OVER ()::int AS total FROM recommender.experiments
        WHERE tenant_id = ${tenant}
          AND (${scenario_id ?? null}::text IS NULL OR scenario_id = ${scenario_id ?? null})
          AND (${state ?? null}::text IS NULL OR state = ${state ?? null})
        ORDER BY created_at DESC, experiment_id LIMIT ${length} OFFSET ${start}`.execute(query);
      return { data: rows.map(({ total: _total, ...row }) => row), total: rows[0]?.total ?? 0 };
    },
    find: (tenant, id) => find(query, tenant, id),
    async running(tenant, scenario) {
      const { rows } = await sql<Experiment>`
        SELECT ${columns} FROM recommender.experiments
        WHERE tenant_id = ${tenant} AND scenario_id = ${scenario} AND state = 'running'`.execute(query);
      return rows[0];
    },
    start: (tenant, id, now) =>
      moved(query, { tenant, id, from: 'draft' }, sql`state = 'running', started_at = ${now}`),
    stop: (tenant, id, now) =>
      moved(query, { tenant, id, from: 'running' }, sql`state = 'stopped', stopped_at = ${now}`),
    facts: async (tenant, id, hotFrom) =>
      factsOf(query, { tenant, id, hotFrom: await rowsFrom(query, { tenant, id, hotFrom }) }),
  };
}

type Query<T> = Database<T>['query'];

/** The text that existing clients know of a name that is taken. */
function made(row: Experiment | undefined, { experiment_id }: NewExperiment): Experiment {
  if (row === undefined) throw new ConflictError(`实验ID已存在: ${experiment_id}`);
  return row;
}

async function find<T>(query: Query<T>, tenant: string, id: string): Promise<Experiment> {
  const { rows } = await sql<Experiment>`
    SELECT ${columns} FROM recommender.experiments
    WHERE tenant_id = ${tenant} AND experiment_id = ${id}`.execute(query);
  const [row] = rows;
  if (row === undefined) throw new NotFoundError(`实验不存在: ${id}`);
  return row;
}

interface Move {
  readonly tenant: string;
  readonly id: string;
  readonly from: Experiment['state'];
}

/** From one state to the next. Throws {@link ConflictError} where it is in another, or another one of its scenario runs. */
async function moved<T>(query: Query<T>, { tenant, id, from }: Move, set: ReturnType<typeof sql>): Promise<Experiment> {
  try {
    const { rows } = await sql<Experiment>`
      UPDATE recommender.experiments SET ${set}
      WHERE tenant_id = ${tenant} AND experiment_id = ${id} AND state = ${from}
      RETURNING ${columns}`.execute(query);
    if (rows[0]) return rows[0];
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'experiments_running')
      throw new ConflictError('该场景已有正在运行的实验', { cause: error });
    throw error;
  }
  const { state } = await find(query, tenant, id);
  throw new ConflictError(`实验 ${id} 的状态是 ${state}，需要 ${from}`);
}

interface FactsAsked {
  readonly tenant: string;
  readonly id: string;
  /** The first day whose behaviour is in the database as a whole; what was before is in the days of exposures. */
  readonly hotFrom: string;
}

/** A scenario may keep behaviour for a shorter time than the database does. */
async function rowsFrom<T>(query: Query<T>, { tenant, id, hotFrom }: FactsAsked): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    SELECT greatest(k.rows_from, ${hotFrom}::date)::text AS day
    FROM recommender.experiments AS x JOIN recommender.kept_behavior AS k USING (tenant_id, scenario_id)
    WHERE x.tenant_id = ${tenant} AND x.experiment_id = ${id}`.execute(query);
  return rows[0]?.day ?? hotFrom;
}

interface FactsRow extends DayOfVariant {
  readonly variant: string;
  readonly sums: VariantFacts['sums'] | null;
}

/** Who first saw which variant on which day, and how often each was shown something and clicked it, by day. */
function exposedAndDone({ tenant, id, hotFrom }: FactsAsked) {
  // What names it in another scenario is no part of it.
  const hot = sql`tenant_id = ${tenant} AND experiment_id = ${id} AND day >= ${hotFrom}::date AND scenario_id =
    (SELECT x.scenario_id FROM recommender.experiments x WHERE x.tenant_id = ${tenant} AND x.experiment_id = ${id})`;
  const own = sql`tenant_id = ${tenant} AND experiment_id = ${id}`;
  return sql`
    exposed AS (
      SELECT user_id, (array_agg(variant ORDER BY day, variant))[1] AS variant, min(day) AS day FROM (
        SELECT user_id, variant, day FROM recommender.exposures WHERE ${own}
        UNION ALL SELECT user_id, experiment_group, min(day) FROM recommender.answers
          WHERE ${hot} AND experiment_group IS NOT NULL GROUP BY user_id, experiment_group
        UNION ALL SELECT user_id, experiment_group, min(day) FROM recommender.behaviors
          WHERE ${hot} AND experiment_group IS NOT NULL AND action IN ('impression', 'click')
          GROUP BY user_id, experiment_group) AS found
      GROUP BY user_id),
    done AS (
      SELECT user_id, day, impressions::bigint, clicks::bigint FROM recommender.exposure_days
        WHERE ${own} AND day < ${hotFrom}::date
      UNION ALL SELECT user_id, day, count(*), 0 FROM recommender.behaviors
        WHERE ${hot} AND action = 'impression' GROUP BY user_id, day
      UNION ALL SELECT user_id, day, 0, count(*) FROM (
        SELECT user_id, min(day) AS day FROM recommender.behaviors WHERE ${hot} AND action = 'click'
        GROUP BY user_id, coalesce(request_id::text, event_id), item_id) AS clicked
        GROUP BY user_id, day)`;
}

/**
 * Users by variant and the day they first were part of it, those who clicked by the day of their first click, and sums
 * over users. A click counts once for one item of one answer, on the day of the first.
 */
async function factsOf<T>(query: Query<T>, asked: FactsAsked): Promise<readonly VariantFacts[]> {
  const { rows } = await sql<FactsRow>`
    WITH ${exposedAndDone(asked)},
    users AS (
      SELECT e.user_id, e.variant, e.day, coalesce(sum(d.impressions), 0) AS x, coalesce(sum(d.clicks), 0) AS y,
        greatest(e.day, min(d.day) FILTER (WHERE d.clicks > 0)) AS click_day,
        bool_or(d.clicks > 0) IS TRUE AS has_clicked
      FROM exposed e LEFT JOIN done d USING (user_id) GROUP BY e.user_id, e.variant, e.day),
    days AS (
      SELECT variant, day, count(*) AS exposed, 0::bigint AS clicked FROM users GROUP BY variant, day
      UNION ALL SELECT variant, click_day, 0, count(*) FROM users WHERE has_clicked GROUP BY variant, click_day),
    totals AS (
      SELECT variant, json_build_object('users', count(*), 'impressions', sum(x), 'clicks', sum(y),
        'impressions_squared', sum(x * x), 'clicks_squared', sum(y * y), 'products', sum(x * y)) AS sums
      FROM users GROUP BY variant)
    SELECT variant, day::text AS day,
      (sum(sum(exposed)) OVER upto)::int AS exposed, (sum(sum(clicked)) OVER upto)::int AS clicked,
      (SELECT sums FROM totals t WHERE t.variant = days.variant) AS sums
    FROM days GROUP BY variant, day
    WINDOW upto AS (PARTITION BY variant ORDER BY day)
    ORDER BY variant, day`.execute(query);
  return Map.groupBy(rows, ({ variant }) => variant)
    .entries()
    .map(([variant, found]): VariantFacts => {
      const sums = found[0]?.sums;
      if (!sums) throw new Error(`No sums of ${variant}`);
      return { variant, sums, days: found.map(({ day, exposed, clicked }) => ({ day, exposed, clicked })) };
    })
    .toArray();
}
