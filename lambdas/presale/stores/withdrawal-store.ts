import { type RawBuilder, sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import { ConflictError } from '#kit/errors.ts';
import type { CountyFile } from '../ports.ts';
import { counties } from '../publication/counties.ts';
import { seasonEnd, seasonOf, seasonStart } from '../publication/season.ts';
import type { MergedFile } from './load-store.ts';
import type { PresaleTables } from './tables.ts';

type Query = Session<PresaleTables>['query'];

// Of real seasons, 1 to 3 in a hundred rows of the ten-day publications are gone. A file that ends early lacks more.
const largestShare = 0.1;

// Below this many a share says nothing: a small county has 8 deals in a season.
const alwaysAllowed = 4;

/**
 * A season's file is the truth for its season: its deals that the staged file lacks are withdrawn. From then on they
 * count as of the season, so that their publication, loaded again, doesn't bring them back. Resolves to their number.
 * Throws {@link ConflictError} above a tenth of the season's deals, unless the plan allows it: it may be half a file.
 */
export async function withdrawMissing(query: Query, { plan, county }: CountyFile): Promise<number> {
  if (plan.season === null) return 0;
  const start = seasonStart(plan.publication_date);
  const end = seasonEnd(plan.season);
  // Step by step: joined in one go, each deal would be compared with each row of the file, 6 s where this takes 20 ms.
  const { rows } = await sql<{ held: number; missing: number }>`
    WITH held AS (
      SELECT d.id, d.serial_number FROM presale.deals d
      WHERE d.county = ${counties[county]} AND d.as_of BETWEEN ${start}::date AND ${end}::date
        AND d.withdrawn_at IS NULL AND ${isOver(end)}
    ), lacking AS MATERIALIZED (
      SELECT id, serial_number FROM held
      WHERE serial_number NOT IN (SELECT serial_number FROM staged WHERE serial_number IS NOT NULL)
        AND serial_number NOT IN (SELECT corrected_serial FROM presale.problems
          WHERE run_name = ${plan.name} AND letter = ${county} AND corrected_serial IS NOT NULL)
    ), problem AS MATERIALIZED (
      SELECT raw FROM staged WHERE raw IS NOT NULL
    ), missing AS (
      SELECT l.id FROM lacking l
      WHERE NOT EXISTS (SELECT FROM problem p WHERE ${maybeOf(sql`l.serial_number`, sql`p.raw`)})
    ), withdrawn AS (
      UPDATE presale.deals SET withdrawn_at = now(), as_of = ${end}::date WHERE id IN (SELECT id FROM missing)
    )
    SELECT (SELECT count(*) FROM held) AS held, (SELECT count(*) FROM missing) AS missing`.execute(query);
  const { held, missing } = rows[0] ?? { held: 0, missing: 0 };
  if (!plan.allow_withdrawals && missing > alwaysAllowed && missing > held * largestShare) {
    throw new ConflictError(
      `The file of season ${plan.season} lacks ${missing} of the ${held} deals that are known of it. If it is right, ` +
        'start the run again with "allow_withdrawals": true; if it is half a file, delete its receipt first.',
    );
  }
  return missing;
}

/** For a ten-day publication that comes after its season's file: whether a staged row `s` is one that the file lacks. */
export async function lackedBySeason(query: Query, { plan, county }: MergedFile): Promise<RawBuilder<boolean>> {
  if (plan.season !== null) return sql`false`;
  const season = seasonOf(plan.publication_date);
  const { rows } = await sql`
    SELECT FROM presale.county_runs
    WHERE run_name = ${season} AND letter = ${county} AND source_key IS NOT NULL AND ${isOver(seasonEnd(season))}`.execute(
    query,
  );
  if (rows.length === 0) return sql`false`;
  return sql`NOT EXISTS (
    SELECT FROM presale.problems p
    WHERE p.run_name = ${season} AND p.letter = ${county} AND ${maybeOf(sql`s.serial_number`, sql`p.raw`)})`;
}

/** While its quarter lasts, a season's file can't hold what isn't published yet. */
function isOver(end: string): RawBuilder<boolean> {
  return sql`(now() AT TIME ZONE 'Asia/Taipei')::date > ${end}::date`;
}

/**
 * Whether a problem row may be of a serial number: one of its values is. Of a row whose values don't fit the columns,
 * any part may be. Compared as text, because PostgreSQL reads no JSON that holds a NUL character.
 */
function maybeOf(serial: RawBuilder<unknown>, raw: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`${raw} IS NOT NULL AND (strpos(${raw}::text, to_json(${serial}::text)::text) > 0
    OR (strpos(${raw}::text, '"原始資料":') > 0 AND strpos(${raw}::text, ${serial}) > 0))`;
}
