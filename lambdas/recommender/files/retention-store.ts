import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { dayOf, latestDays } from '../behavior/rows.ts';
import { type KeptFrom, pastOf } from './retention.ts';
import type { FilePorts } from './write-files.ts';

type Within = Pick<Database<unknown>, 'query'>;

// What comes in time comes into its day for a week, whose figures are computed of all that the day has.
const leastDays = latestDays + 1;

/** From which day on scenarios keep behaviour, of one tenant or of all. A scenario without a row has no retention. */
export async function scenariosKeptFrom<T>(
  { query }: Pick<Database<T>, 'query'>,
  { now, tenant = null }: { readonly now: Date; readonly tenant?: string | null },
): Promise<readonly (KeptFrom & { readonly tenant_id: string })[]> {
  const { rows } = await sql<KeptFrom & { tenant_id: string }>`
    SELECT s.tenant_id, s.scenario_id, k.kept_from::text AS seen_until,
      (${dayOf(now)}::date - greatest((s.config #>> '{retention,behavior_days}')::integer, ${leastDays}::integer))::text AS kept_from
    FROM recommender.scenarios AS s LEFT JOIN recommender.kept_behavior AS k USING (tenant_id, scenario_id)
    WHERE s.config #>> '{retention,behavior_days}' IS NOT NULL
      AND (${tenant}::text IS NULL OR s.tenant_id = ${tenant}::text)
    ORDER BY s.tenant_id, s.scenario_id`.execute(query);
  return rows;
}

/**
 * Which rows of a tenant's day its file holds no longer; `undefined` where it may hold all. A retention that was made longer
 * since brings nothing back, but what is imported then is kept.
 */
export async function takenOut(
  { query }: Within,
  { tenant, day, now }: { readonly tenant: string; readonly day: string; readonly now: Date },
): Promise<ReturnType<typeof pastOf>> {
  const limits = await scenariosKeptFrom({ query }, { now, tenant });
  return pastOf(
    limits.filter(({ seen_until }) => seen_until !== null && day < seen_until),
    day,
  );
}

/** Retention, as who writes files asks for it. */
export function fileRetention({ query }: Within, clock: () => Date): FilePorts['retention'] {
  return {
    keptFrom: (tenant) => scenariosKeptFrom({ query }, { now: clock(), tenant }),
    async done(tenant, limits) {
      await sql`
        INSERT INTO recommender.kept_behavior AS k (tenant_id, scenario_id, kept_from)
        SELECT ${tenant}, scenario_id, kept_from
        FROM json_to_recordset(${JSON.stringify(limits)}::json) AS done (scenario_id text, kept_from date)
        ON CONFLICT (tenant_id, scenario_id) DO UPDATE SET kept_from = greatest(k.kept_from, excluded.kept_from)`.execute(
        query,
      );
    },
  };
}
