import { type RawBuilder, sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import type { LoadedCounty } from '../../contract.ts';
import { counties } from '../../publication/counties.ts';
import { asOf, seasonEnd, seasonOf } from '../../publication/season.ts';
import type { PresaleTables } from '../tables.ts';
import { lackedBySeason, type MergedFile } from '../withdrawal-store.ts';
import { dealFields } from './staging-rows.ts';

type Query = Session<PresaleTables>['query'];
type MergeCounts = Pick<LoadedCounty, 'inserted' | 'updated' | 'unchanged' | 'kept_newer'>;

/** Columns in their order, as names or as a table's. */
export const list = (fields: readonly string[], table?: string) =>
  sql.join(fields.map((field) => sql.ref(table === undefined ? field : `${table}.${field}`)));

const staged = (table: string) => list(dealFields, table);
const origin = ['publication_date', 'loaded_at', 'source_key', 'run_id', 'as_of', 'withdrawn_at'];
const written = list([...dealFields, ...origin]);

/**
 * The good staged rows into presale.deals. A row that a season's file lacks already arrives withdrawn, and counts as kept
 * newer: the result is the same whichever of the two files came first. Two statements, as one would hold every row twice,
 * and most files need but the first. No other load writes the county's deals while its lock is held, so what the first
 * finds is true for the second.
 */
export async function merge(query: Query, file: MergedFile, good: number): Promise<MergeCounts> {
  const lacked = await lackedBySeason(query, file);
  const { inserted, gone, first } = await insertNew(query, file, lacked);
  if (inserted + gone === good) return { inserted, updated: 0, unchanged: 0, kept_newer: gone };
  const known = await mergeKnown(query, file, { lacked, before: first });
  return { ...known, inserted, kept_newer: known.kept_newer + gone };
}

/**
 * Rows that were in the table before this file's new ones: those that say what it says are left alone, like those that a
 * newer file holds.
 */
async function mergeKnown(
  query: Query,
  file: MergedFile,
  { lacked, before }: { readonly lacked: RawBuilder<boolean>; readonly before: number | null },
): Promise<Omit<MergeCounts, 'inserted'>> {
  const newness = asOf(file.plan);
  const { rows } = await sql<Omit<MergeCounts, 'inserted'>>`
    WITH judged AS (
      SELECT s.serial_number, d.id, CASE
        WHEN d.as_of > ${newness}::date THEN 'kept_newer'
        WHEN d.as_of = ${newness}::date AND d.withdrawn_at IS NULL
          AND (${staged('d')}) IS NOT DISTINCT FROM (${staged('s')}) THEN 'unchanged'
        WHEN ${lacked} THEN 'lacked'
        ELSE 'updated' END AS effect
      FROM staged s
      JOIN presale.deals d ON d.county = ${counties[file.county]} AND d.serial_number = s.serial_number
        AND (${before}::bigint IS NULL OR d.id < ${before}::bigint)
    ), updated AS (
      UPDATE presale.deals d SET (${written}) = ROW (${staged('s')}, ${originOf(file, sql`j.effect = 'lacked'`)})
      FROM judged j JOIN staged s ON s.serial_number = j.serial_number
      WHERE d.id = j.id AND j.effect IN ('updated', 'lacked')
    )
    SELECT count(*) FILTER (WHERE effect = 'updated') AS updated,
      count(*) FILTER (WHERE effect = 'unchanged') AS unchanged,
      count(*) FILTER (WHERE effect IN ('kept_newer', 'lacked')) AS kept_newer
    FROM judged`.execute(query);
  return rows[0] ?? { updated: 0, unchanged: 0, kept_newer: 0 };
}

/** Rows that are not in the table. `gone`: those of them that arrive withdrawn; `first`: the lowest of their ids. */
async function insertNew(query: Query, file: MergedFile, lacked: RawBuilder<boolean>) {
  const county = counties[file.county];
  const { rows } = await sql<{ inserted: number; gone: number; first: number | null }>`
    WITH added AS (
      INSERT INTO presale.deals (county, ${written})
      SELECT ${county}, ${staged('s')}, ${originOf(file, lacked)}
      FROM staged s
      WHERE serial_number IS NOT NULL AND NOT EXISTS (
        SELECT FROM presale.deals d WHERE d.county = ${county} AND d.serial_number = s.serial_number)
      RETURNING id, withdrawn_at
    )
    SELECT count(*) - count(withdrawn_at) AS inserted, count(withdrawn_at) AS gone, min(id) AS first
    FROM added`.execute(query);
  return rows[0] ?? { inserted: 0, gone: 0, first: null };
}

/** Where a row comes from, and as of when it is known; one that its season's file lacks has gone with it. */
function originOf({ plan, backup }: MergedFile, lacked: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`${plan.publication_date}::date, now(), ${backup.source_key}, ${plan.run_id},
    CASE WHEN ${lacked} THEN ${seasonEnd(seasonOf(plan.publication_date))}::date ELSE ${asOf(plan)}::date END,
    CASE WHEN ${lacked} THEN now() END`;
}
