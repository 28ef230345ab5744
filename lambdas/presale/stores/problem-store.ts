import type { Database } from '#adapters/database.ts';
import type { ReadProblems } from '../ports.ts';
import type { PresaleTables } from './tables.ts';

// Rows of a file are small; a page of them is about a megabyte.
const pageRows = 1000;

/** Reads problem rows that nobody has put right, a page at a time: every row of a large file may be one. */
export function problemReader({ query }: Database<PresaleTables>): ReadProblems {
  return async function* (runName, county) {
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
  };
}
