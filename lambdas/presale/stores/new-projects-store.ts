import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { RefreshNewProjects } from '../ports.ts';
import { counties } from '../publication/counties.ts';
import { averagePrice, averageUnitPrice, housePing } from './statistics-store.ts';
import type { PresaleTables } from './tables.ts';

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
      // Two runs at once would both insert the same groups.
      await sql`SELECT pg_advisory_xact_lock(hashtextextended('presale.deal_statistics_new_projects', 0))`.execute(
        query,
      );
      await sql`DELETE FROM presale.deal_statistics_new_projects WHERE county = ANY (${names})`.execute(query);
      const { numAffectedRows } = await sql`
        WITH counted AS (
          SELECT *, min(transaction_date) OVER (PARTITION BY county, district, project_name) AS first_deal
          FROM presale.deals
          WHERE county = ANY (${names}) AND project_name <> '' AND termination = '' AND withdrawn_at IS NULL
        )
        INSERT INTO presale.deal_statistics_new_projects
          (county, district, project_name, months, size_class, first_deal, count, average_house_unit_price_wan_per_ping,
          average_price_wan, as_of)
        SELECT county, district, project_name, months, ${sizeClass}, first_deal, count(*), ${averageUnitPrice},
          ${averagePrice}, ${today}::date
        FROM counted CROSS JOIN ${windows}
        WHERE first_deal > ${today}::date - interval '12 months' AND transaction_date <= ${today}::date
          AND transaction_date > ${today}::date - make_interval(months => months)
          AND building_area_m2 > parking_area_m2
        GROUP BY 1, 2, 3, 4, 5, 6`.execute(query);
      return Number(numAffectedRows ?? 0n);
    });
}
