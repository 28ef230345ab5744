import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { DatabaseAnswer, Question, Row, TrendDimension } from './ports.ts';
import { textOf } from './questions.ts';
import type { Scope } from './sql.ts';

export interface Hot {
  readonly hotFrom: string;
  readonly knownActions: readonly string[];
}

const source = { table: 'recommender.behaviors', segments: 'recommender.profiles' };

/**
 * Answers from the database what it can: questions about days that it holds as a whole, and trends, whose days are kept
 * for good. The text of the others is the one that the files are asked with.
 */
export async function answerFrom<T>(
  { query }: Pick<Database<T>, 'query'>,
  question: Question,
  { hotFrom, knownActions }: Hot,
): Promise<DatabaseAnswer> {
  const { scope } = question;
  const active_items = await activeItems(query, scope);
  const answer = { active_items, hot_from: hotFrom, kept_from: await keptFrom(query, scope) };
  if (question.ask === 'trends') return { ...answer, rows: await trendOf(query, scope, question.dimension) };
  if (scope.from < hotFrom) return answer;
  const text = textOf(question, { source, scope, knownActions });
  const { rows } = await sql.raw<Row>(text).execute(query);
  return { ...answer, rows };
}

async function activeItems<T>(
  query: Database<T>['query'],
  { tenant_id, scenario_id: scenario }: Scope,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM recommender.items
    WHERE tenant_id = ${tenant_id} AND (${scenario ?? null}::text IS NULL OR scenario_id = ${scenario ?? null})
      AND status = 'active'`.execute(query);
  return rows[0]?.n ?? 0;
}

/** The first day from which all of the scope is kept. */
async function keptFrom<T>(query: Database<T>['query'], { tenant_id, scenario_id }: Scope): Promise<string | null> {
  const scenario = scenario_id ?? null;
  const { rows } = await sql<{ kept_from: string | null }>`
    SELECT max(greatest(kept_from, rows_from))::text AS kept_from FROM recommender.kept_behavior
    WHERE tenant_id = ${tenant_id} AND (${scenario}::text IS NULL OR scenario_id = ${scenario})`.execute(query);
  return rows[0]?.kept_from ?? null;
}

/** Days as they were computed; scenarios are added up, but for those who are distinct in each. */
async function trendOf<T>(
  query: Database<T>['query'],
  { tenant_id, scenario_id: scenario, from, to }: Scope,
  dimension: TrendDimension,
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT day::text AS day, scenario_id, value, impressions, clicks, conversions, engagements, items_shown, active_users,
      active_items, to_char(computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS computed_at
    FROM recommender.daily_metrics
    WHERE tenant_id = ${tenant_id} AND (${scenario ?? null}::text IS NULL OR scenario_id = ${scenario ?? null})
      AND dimension = ${dimension} AND day BETWEEN ${from}::date AND ${to}::date
    ORDER BY day, scenario_id, value`.execute(query);
  return rows;
}
