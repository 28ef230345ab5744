import { type RawBuilder, sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { RefreshStatistics } from '../ports.ts';
import { type CountyName, counties } from '../publication/counties.ts';
import type { PresaleTables } from './tables.ts';

/** Halves go up, as the specification has it; PostgreSQL's own round() takes negative ones down. */
const roundHalfUp = (value: ReturnType<typeof sql>) => sql`floor(${value} + 0.5)`;

// 10,000 TWD is 1 萬; 1 m2 is 0.3025 坪.

/** Average total price in 萬, a whole number. */
export const averagePrice = roundHalfUp(sql`avg(price_twd) / 10000`);
const averageHousePrice = roundHalfUp(sql`avg(price_twd - parking_price_twd) / 10000`);
/** House area in 坪; null where there is none. */
export const housePing = sql`NULLIF(building_area_m2 - parking_area_m2, 0) * 0.3025`;
/** Average price of the house in 萬 per 坪, with one decimal. */
export const averageUnitPrice = sql`${roundHalfUp(
  sql`avg((price_twd - parking_price_twd) / (${housePing} * 10000)) * 10`,
)} / 10`;

type Query = Session<PresaleTables>['query'];

/** Computes the months of some counties anew from their deals, in the database and in one transaction. */
export function statisticsRefresher(database: Database<PresaleTables>): RefreshStatistics {
  return (letters) =>
    database.transaction(async ({ query }) => {
      const names = letters.map((letter) => counties[letter]);
      await lockStatistics(query);
      await sql`DELETE FROM presale.deal_statistics_monthly WHERE county = ANY (${names})`.execute(query);
      return insertMonths(query, sql`presale.deals WHERE county = ANY (${names})`);
    });
}

/** The same for a few months of one county (`2022-07-01`), in the caller's transaction: after a correction, not a run. */
export async function refreshMonths(query: Query, county: CountyName, months: readonly string[]): Promise<void> {
  await lockStatistics(query);
  await sql`
    DELETE FROM presale.deal_statistics_monthly
    WHERE county = ${county} AND make_date(year, month, 1) = ANY (${months}::date[])`.execute(query);
  await insertMonths(
    query,
    sql`unnest(${months}::date[]) AS wanted (first) JOIN presale.deals
      ON transaction_date >= wanted.first AND transaction_date < (wanted.first + interval '1 month')::date
      WHERE county = ${county}`,
  );
}

/** Two at once would both insert the same groups. */
async function lockStatistics(query: Query): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('presale.deal_statistics_monthly', 0))`.execute(query);
}

async function insertMonths(query: Query, deals: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO presale.deal_statistics_monthly
      (county, district, year, month, project_name, rooms, count, average_price_wan, average_house_price_wan,
      average_house_unit_price_wan_per_ping)
    SELECT county, district, extract(year FROM transaction_date)::int, extract(month FROM transaction_date)::int,
      project_name, rooms, count(*), ${averagePrice}, ${averageHousePrice}, ${averageUnitPrice}
    FROM ${deals} AND transaction_target = '房地(土地+建物)+車位' AND main_use = '住家用'
      AND termination = '' AND withdrawn_at IS NULL
    GROUP BY 1, 2, 3, 4, 5, 6`.execute(query);
  return Number(numAffectedRows ?? 0n);
}
