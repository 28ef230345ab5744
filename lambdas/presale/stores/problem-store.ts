import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import { readValues } from '../corrections/read-corrected.ts';
import type { FileRow } from '../file/file-row.ts';
import type { CountyFile, ReadProblems } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import type { PresaleTables, ProblemRow } from './tables.ts';

// Rows of a file are small; a page of them is about a megabyte.
const pageRows = 1000;

/** Reads problem rows that are not put right yet. The lock is its own: loads and corrections of deals don't wait for S3. */
export function problemReader(database: Database<PresaleTables>): ReadProblems {
  return (runName, county, write) =>
    database.transaction(async ({ query }) => {
      const lock = `presale.problems document ${runName} ${county}`;
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(query);
      await write(pagesOf(query, runName, county));
    });
}

/** A page at a time: every row of a large file may be one. */
async function* pagesOf(query: Session<PresaleTables>['query'], runName: string, county: CountyLetter) {
  let after = 0;
  for (;;) {
    const page = await query
      .selectFrom('presale.problems')
      .select(['line_number', 'raw', 'reasons'])
      .where('corrected_at', 'is', null)
      .where('run_name', '=', runName)
      .where('letter', '=', county)
      .where('line_number', '>', after)
      .orderBy('line_number')
      .limit(pageRows)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageRows) return;
    after = last.line_number;
  }
}

/**
 * The good rows of corrected problem rows whose deal is not in the table, not even withdrawn: it was lost, and no file
 * has it. All at once in memory, as corrections are: usually there is none.
 */
export async function missingDeals(
  query: Session<PresaleTables>['query'],
  { plan, county }: CountyFile,
): Promise<readonly FileRow[]> {
  // Two rows may have been corrected to one serial number while a newer publication held it: the first counts.
  const { rows } = await sql<Pick<ProblemRow, 'line_number' | 'raw'>>`
    SELECT DISTINCT ON (corrected_serial) line_number, raw FROM presale.problems p
    WHERE run_name = ${plan.name} AND letter = ${county} AND corrected_serial IS NOT NULL AND NOT EXISTS (
      SELECT FROM presale.deals d WHERE d.county = ${counties[county]} AND d.serial_number = p.corrected_serial)
    ORDER BY corrected_serial, line_number`.execute(query);
  return rows.map(({ raw, line_number }) => readValues(raw, line_number)).filter(({ state }) => state === 'good');
}
