import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { scenariosKeptFrom } from '../files/retention-store.ts';
import { areCounted, holdMetrics } from '../metrics/compute-store.ts';
import type { CleanupPorts } from './ports.ts';

type Limit = Awaited<ReturnType<typeof scenariosKeptFrom>>[number];

/** Takes out of the database what scenarios keep no longer, and tells whose files hold such. */
export function pastForgetter(database: Database<unknown>): CleanupPorts['book']['forgetPast'] {
  return async (now) => {
    const limits = await scenariosKeptFrom(database, { now });
    const forgotten = { days: 0, rows: 0, uncounted: 0 };
    for (const limit of limits) {
      for (const day of await daysBefore(database, limit)) {
        const rows = await forgetDay(database, limit, day);
        // The days behind it wait as well: what the database has is one span.
        if (rows === undefined) {
          forgotten.uncounted += 1;
          break;
        }
        forgotten.days += 1;
        forgotten.rows += rows;
      }
      forgotten.rows += await forgetLate(database, limit);
    }
    const due = limits.filter(({ kept_from, seen_until }) => seen_until === null || seen_until < kept_from);
    return { ...forgotten, tenants: [...new Set(due.map(({ tenant_id }) => tenant_id))] };
  };
}

async function daysBefore({ query }: Database<unknown>, { tenant_id, scenario_id, kept_from }: Limit) {
  const { rows } = await sql<{ day: string }>`
    SELECT day::text AS day FROM recommender.days_of('behaviors') AS days (day)
    WHERE day < ${kept_from}::date AND EXISTS (
      SELECT FROM recommender.behaviors AS b
      WHERE b.tenant_id = ${tenant_id} AND b.scenario_id = ${scenario_id} AND b.day = days.day)
    ORDER BY day`.execute(query);
  return rows.map(({ day }) => day);
}

/**
 * A day goes as a whole, and once its figures are computed: these are computed of all that a day has, so that half of it
 * would make them wrong. `undefined` where they are not.
 */
function forgetDay({ transaction }: Database<unknown>, { tenant_id, scenario_id }: Limit, day: string) {
  const scenario = { tenant: tenant_id, scenario: scenario_id };
  return transaction(async (session) => {
    await holdMetrics(session, scenario);
    if (!(await areCounted(session, scenario, day))) return undefined;
    const { numAffectedRows } = await sql`
      DELETE FROM recommender.behaviors
      WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id} AND day = ${day}::date`.execute(session.query);
    await sql`
      INSERT INTO recommender.kept_behavior AS k (tenant_id, scenario_id, rows_from)
      VALUES (${tenant_id}, ${scenario_id}, ${day}::date + 1)
      ON CONFLICT (tenant_id, scenario_id) DO UPDATE SET rows_from = greatest(k.rows_from, excluded.rows_from)`.execute(
      session.query,
    );
    return Number(numAffectedRows ?? 0);
  });
}

async function forgetLate({ query }: Database<unknown>, { tenant_id, scenario_id, kept_from }: Limit) {
  const { numAffectedRows } = await sql`
    DELETE FROM recommender.late_behaviors
    WHERE tenant_id = ${tenant_id} AND scenario_id = ${scenario_id}
      AND received_at < ${`${kept_from}T00:00:00Z`}::timestamptz`.execute(query);
  return Number(numAffectedRows ?? 0);
}
