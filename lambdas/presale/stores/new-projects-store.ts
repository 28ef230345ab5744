import { type RawBuilder, sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { RefreshNewProjects } from '../ports.ts';
import { type CountyName, counties } from '../publication/counties.ts';
import { averagePrice, averageUnitPrice, housePing } from './statistics-store.ts';
import type { PresaleTables } from './tables.ts';

type Query = Session<PresaleTables>['query'];

const windows = sql`(VALUES (1), (3), (6)) AS windows (months)`;

const sizeClass = sql`CASE
  WHEN ${housePing} < 10 THEN '[0,10)' WHEN ${housePing} < 20 THEN '[10,20)' WHEN ${housePing} < 30 THEN '[20,30)'
  WHEN ${housePing} < 40 THEN '[30,40)' ELSE '[40,inf)' END`;

/**
 * Computes the new projects of some counties anew: those whose first deal is within 12 months before a day, with their
 * last 1, 3 and 6 months by size. A day of N months ago is outside, the day itself inside. Deals without a house (a
 * parking space alone) have no size and don't count.
 */
export function newProjectsRefresher(database: Database<PresaleTables>): RefreshNewProjects {
  return (letters, today) =>
    database.transaction(async ({ query }) => {
      const names = letters.map((letter) => counties[letter]);
      await lockProjects(query);
      await sql`DELETE FROM presale.deal_statistics_new_projects WHERE county = ANY (${names})`.execute(query);
      return insertProjects(query, sql`county = ANY (${names})`, sql`${today}::date`);
    });
}

/**
 * The same for a few projects of one county, in the caller's transaction: after a correction, not a run. As of the day
 * of the county's other projects, so that they stay comparable.
 */
export async function refreshProjects(query: Query, county: CountyName, projects: readonly string[]): Promise<void> {
  await lockProjects(query);
  const { rows } = await sql<{ today: string }>`
    SELECT coalesce(max(as_of), (now() AT TIME ZONE 'Asia/Taipei')::date) AS today
    FROM presale.deal_statistics_new_projects WHERE county = ${county}`.execute(query);
  const some = sql`county = ${county} AND project_name = ANY (${projects})`;
  await sql`DELETE FROM presale.deal_statistics_new_projects WHERE ${some}`.execute(query);
  await insertProjects(query, some, sql`${rows[0]?.today}::date`);
}

/** Two at once would both insert the same groups. */
async function lockProjects(query: Query): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('presale.deal_statistics_new_projects', 0))`.execute(query);
}

async function insertProjects(query: Query, some: RawBuilder<unknown>, today: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    WITH counted AS (
      SELECT *, min(transaction_date) OVER (PARTITION BY county, district, project_name) AS first_deal
      FROM presale.deals
      WHERE ${some} AND project_name <> '' AND termination = '' AND withdrawn_at IS NULL
    )
    INSERT INTO presale.deal_statistics_new_projects
      (county, district, project_name, months, size_class, first_deal, count, average_house_unit_price_wan_per_ping,
      average_price_wan, as_of)
    SELECT county, district, project_name, months, ${sizeClass}, first_deal, count(*), ${averageUnitPrice},
      ${averagePrice}, ${today}
    FROM counted CROSS JOIN ${windows}
    WHERE first_deal > ${today} - interval '12 months' AND transaction_date <= ${today}
      AND transaction_date > ${today} - make_interval(months => months)
      AND building_area_m2 > parking_area_m2
    GROUP BY 1, 2, 3, 4, 5, 6`.execute(query);
  return Number(numAffectedRows ?? 0n);
}
