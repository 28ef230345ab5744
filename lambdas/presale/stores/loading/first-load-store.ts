import { sql } from 'kysely';
import { isUniqueViolation } from '#adapters/database/postgres-connection.ts';
import type { Session } from '#adapters/database.ts';
import { copyLine } from '#kit/text/copy-text.ts';
import type { FileRow } from '../../file/file-row.ts';
import type { CountyFile, OpenRows } from '../../ports.ts';
import { counties } from '../../publication/counties.ts';
import { asOf, seasonEnd, seasonOf, seasonStart } from '../../publication/season.ts';
import type { PresaleTables } from '../tables.ts';
import { dealFields } from './staging-rows.ts';

type Query = Session<PresaleTables>['query'];

/** A file's rows by their kinds: good ones are in the table, those of problems in the caller's hands. */
export interface LoadedStraight {
  readonly good: number;
  readonly problems: number;
  /** In their order; `undefined`: too many to be kept in memory. */
  readonly kept: readonly FileRow[] | undefined;
}

/**
 * Whether nothing is known that the file's rows would have to be held against: of a season's file no deal of its quarter, of
 * another publication no season's file; and no earlier load of this one.
 */
export async function isFirstLoad(query: Query, { plan, county }: CountyFile): Promise<boolean> {
  const { season, publication_date: date } = plan;
  // A deal counts as of the quarter that its publication is in (`originOf` of merge-store.ts).
  const deals = sql`SELECT FROM presale.deals WHERE county = ${counties[county]}
    AND publication_date BETWEEN ${seasonStart(date)}::date AND ${seasonEnd(seasonOf(date))}::date`;
  const loads = sql`SELECT FROM presale.county_runs
    WHERE run_name IN (${plan.name}, ${seasonOf(date)}) AND letter = ${county} AND source_key IS NOT NULL`;
  const problems = sql`SELECT FROM presale.problems WHERE run_name = ${plan.name} AND letter = ${county}`;
  const { rows } = await sql<{ first: boolean }>`
    SELECT NOT EXISTS (${loads}) AND NOT EXISTS (${problems}) AND ${season === null ? sql`true` : sql`NOT EXISTS (${deals})`}
      AS first`.execute(query);
  return rows[0]?.first ?? false;
}

/** Where a load that goes straight into the table goes back to. */
export const beforeStraight = (query: Query) => sql`SAVEPOINT before_straight`.execute(query);

// A page of problem rows, as they are read elsewhere: about a megabyte.
const mostKept = 1000;

/**
 * Copies the good rows straight into presale.deals, which takes little longer than to stage them. `undefined`: one of their
 * serial numbers is there already, in the table or earlier in the file, and nothing was written.
 */
export async function loadStraight(
  { query, copyIn }: Session<PresaleTables>,
  { plan, county, backup }: CountyFile,
  rows: OpenRows,
): Promise<LoadedStraight | undefined> {
  const origin = {
    county: counties[county],
    publication_date: plan.publication_date,
    // The beginning of the transaction, as now() is.
    loaded_at: 'now',
    source_key: backup.source_key,
    run_id: plan.run_id,
    as_of: asOf(plan),
  };
  const behind = `\t${copyLine(Object.values(origin))}`;
  const read = sorted(behind);
  try {
    await copyIn(
      `COPY presale.deals (${[...dealFields, ...Object.keys(origin)].join(', ')}) FROM STDIN`,
      read.goodOf(rows()),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await sql`ROLLBACK TO SAVEPOINT before_straight`.execute(query);
    return undefined;
  }
  return read.told();
}

/** Good rows as text for COPY, each with its end; the others are kept while they are few. */
function sorted(behind: string) {
  let [good, problems] = [0, 0];
  const kept: FileRow[] = [];
  return {
    async *goodOf(rows: ReturnType<OpenRows>): AsyncGenerator<string> {
      for await (const batch of rows) {
        let text = '';
        for (const row of batch) {
          if (row.state === 'good') {
            good += 1;
            text += copyLine(row.values).slice(0, -1) + behind;
          } else {
            problems += 1;
            if (kept.length < mostKept) kept.push(row);
          }
        }
        if (text !== '') yield text;
      }
    },
    told: (): LoadedStraight => ({ good, problems, kept: problems > kept.length ? undefined : kept }),
  };
}
