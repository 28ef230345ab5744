import { sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import type { CountyFile } from '../../ports.ts';
import { counties } from '../../publication/counties.ts';
import type { PresaleTables } from '../tables.ts';
import { recordProblems, resolveProblems } from './problem-failures-store.ts';

type Query = Session<PresaleTables>['query'];

/**
 * Keeps the staged problem rows in presale.problems and in the failure ledger, in the load's transaction. What the file
 * no longer has is dropped here and resolved there; what it still has is left as it is, corrections included. `before`:
 * {@link haveProblems}; `found`: how many problem rows are staged.
 */
export async function keepProblems(
  query: Query,
  file: CountyFile,
  { before, found, bucket }: { readonly before: boolean; readonly found: number; readonly bucket: string },
): Promise<void> {
  const { plan, county } = file;
  if (!before && found === 0) return;
  const solved = before ? await dropSolved(query, file) : [];
  const replaced = found > 0 ? await upsert(query, file) : [];
  await resolveProblems(query, [...solved, ...replaced], `run:${plan.run_id}`);
  if (found === 0) return;
  await recordProblems(query, { runName: plan.name, county, publicationDate: plan.publication_date, bucket });
}

/** Whether an earlier load of the file left any: most files have none, before or now, and need no more than this question. */
export async function haveProblems(query: Query, { plan, county }: CountyFile): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM presale.problems WHERE run_name = ${plan.name} AND letter = ${county} LIMIT 1`.execute(query);
  return rows.length > 0;
}

/**
 * A problem row keeps its id from load to load: people point at it. Corrections of the same row stay, too. Resolves to
 * the failures of the rows that say something else now.
 */
async function upsert(query: Query, { plan, county, backup }: CountyFile): Promise<(string | null)[]> {
  const { rows } = await sql<{ failure_key: string | null }>`
    WITH before AS (
      SELECT line_number, failure_key FROM presale.problems WHERE run_name = ${plan.name} AND letter = ${county}
    ), kept AS (
      INSERT INTO presale.problems AS kept
        (run_name, letter, line_number, county, publication_date, raw, reasons, source_key, run_id, found_at, failure_key)
      SELECT ${plan.name}, ${county}, line_number, ${counties[county]}, ${plan.publication_date}::date, raw, reasons,
        ${backup.source_key}, ${plan.run_id}, now(),
        concat_ws(':', 'problem', ${plan.name}::text, ${county}::text, line_number, extract(epoch FROM now()))
      FROM staged WHERE raw IS NOT NULL ORDER BY line_number
      ON CONFLICT (run_name, letter, line_number) DO UPDATE
      SET raw = excluded.raw, reasons = excluded.reasons, run_id = excluded.run_id, found_at = excluded.found_at,
        file_raw = NULL, corrected_at = NULL, corrected_serial = NULL, failure_key = excluded.failure_key
      WHERE coalesce(kept.file_raw, kept.raw)::text <> excluded.raw::text
        OR (kept.file_raw IS NULL AND kept.reasons::text <> excluded.reasons::text)
      RETURNING line_number
    )
    SELECT before.failure_key FROM before JOIN kept USING (line_number)`.execute(query);
  return rows.map(({ failure_key }) => failure_key);
}

/** Lines that were problems in an earlier load and are none now. Resolves to their failures. */
async function dropSolved(query: Query, { plan, county }: CountyFile): Promise<(string | null)[]> {
  // NOT IN is answered from a hash of the lines; NOT EXISTS reads the whole staging table for each problem row.
  const { rows } = await sql<{ failure_key: string | null }>`
    DELETE FROM presale.problems
    WHERE run_name = ${plan.name} AND letter = ${county}
      AND line_number NOT IN (SELECT line_number FROM staged WHERE raw IS NOT NULL)
    RETURNING failure_key`.execute(query);
  return rows.map(({ failure_key }) => failure_key);
}
