import { type RawBuilder, sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import { ConflictError } from '#kit/errors.ts';
import type { RunPlan } from '../contract.ts';
import { mentionedSerials } from '../file/mentioned-serials.ts';
import type { CountyFile } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import { seasonEnd, seasonOf, seasonStart } from '../publication/season.ts';
import type { PresaleTables } from './tables.ts';

type Query = Session<PresaleTables>['query'];

// Of real seasons, 1 to 3 in a hundred rows of the ten-day publications are gone. A file that ends early lacks more.
const largestShare = 0.1;

// Below this many a share says nothing: a small county has 8 deals in a season.
const alwaysAllowed = 4;

/** Deals of a season that the file is the truth for. */
function heldDeals(season: string, { plan, county }: Pick<CountyFile, 'plan' | 'county'>): RawBuilder<unknown> {
  const end = seasonEnd(season);
  return sql`presale.deals d
    WHERE d.county = ${counties[county]} AND d.as_of BETWEEN ${seasonStart(plan.publication_date)}::date AND ${end}::date
      AND d.withdrawn_at IS NULL AND ${isOver(end)}`;
}

/** The serial numbers of its season's deals that no good row of the staged file has; none where it is no season's. */
export async function lackingDeals(query: Query, { plan, county }: CountyFile): Promise<ReadonlySet<string>> {
  if (plan.season === null) return new Set();
  const { rows } = await sql<{ serial_number: string }>`
    SELECT d.serial_number FROM ${heldDeals(plan.season, { plan, county })}
      AND serial_number NOT IN (SELECT serial_number FROM staged WHERE serial_number IS NOT NULL)
      AND serial_number NOT IN (SELECT corrected_serial FROM presale.problems
        WHERE run_name = ${plan.name} AND letter = ${county} AND corrected_serial IS NOT NULL)`.execute(query);
  return new Set(rows.map(({ serial_number }) => serial_number));
}

/**
 * A season's file is the truth for its season: its deals that the staged file lacks ({@link lackingDeals}) are withdrawn.
 * From then on they count as of the season, so that their publication, loaded again, doesn't bring them back. Resolves to
 * their number. Throws {@link ConflictError} above a tenth of the season's deals, unless the plan allows it: it may be half
 * a file.
 */
export async function withdrawMissing(
  query: Query,
  { plan, county }: CountyFile,
  lacking: ReadonlySet<string>,
): Promise<number> {
  if (plan.season === null || lacking.size === 0) return 0;
  const perhaps = await mentioned(lacking, (after) => stagedProblems(query, after));
  const missing = [...lacking].filter((serial) => !perhaps.has(serial));
  if (missing.length === 0) return 0;
  await refuseTooMany(query, { plan, missing: missing.length, held: heldDeals(plan.season, { plan, county }) });
  await sql`
    UPDATE presale.deals SET withdrawn_at = now(), as_of = ${seasonEnd(plan.season)}::date
    WHERE county = ${counties[county]} AND serial_number = ANY (${missing})`.execute(query);
  return missing.length;
}

async function refuseTooMany(
  query: Query,
  { plan, missing, held }: { readonly plan: RunPlan; readonly missing: number; readonly held: RawBuilder<unknown> },
): Promise<void> {
  if (plan.allow_withdrawals || missing <= alwaysAllowed) return;
  const { rows } = await sql<{ all: number }>`SELECT count(*) AS all FROM ${held}`.execute(query);
  const all = rows[0]?.all ?? 0;
  if (missing <= all * largestShare) return;
  throw new ConflictError(
    `The file of season ${plan.season} lacks ${missing} of the ${all} deals that are known of it. If it is right, ` +
      'start the run again with "allow_withdrawals": true; if it is half a file, with "refetch": true.',
  );
}

/** Of a file, what its rows carry with them. */
export interface MergedFile {
  readonly plan: Pick<CountyFile['plan'], 'season' | 'publication_date' | 'run_id'>;
  readonly county: CountyLetter;
  readonly backup: Pick<CountyFile['backup'], 'source_key'>;
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
  const { rows: staged } = await sql<{ serial_number: string }>`
    SELECT serial_number FROM staged WHERE serial_number IS NOT NULL`.execute(query);
  const serials = new Set(staged.map(({ serial_number }) => serial_number));
  const perhaps = await mentioned(serials, (after) => seasonProblems(query, { season, county, after }));
  return perhaps.size === 0 ? sql`true` : sql`s.serial_number <> ALL (${[...perhaps]})`;
}

interface RawRow {
  readonly line_number: number;
  readonly raw: Readonly<Record<string, string>>;
}

// Rows of a file are small; a page of them is about a megabyte.
const pageRows = 1000;

/** Which of the serial numbers the problem rows may be of, read page by page: every row of a large file may be one. */
async function mentioned(
  serials: ReadonlySet<string>,
  pageAfter: (line: number) => Promise<readonly RawRow[]>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (serials.size === 0) return found;
  for (let after = 0; ; ) {
    const page = await pageAfter(after);
    for (const serial of mentionedSerials(
      serials,
      page.map(({ raw }) => raw),
    ))
      found.add(serial);
    const last = page.at(-1);
    if (!last || page.length < pageRows) return found;
    after = last.line_number;
  }
}

async function stagedProblems(query: Query, after: number): Promise<readonly RawRow[]> {
  const { rows } = await sql<RawRow>`
    SELECT line_number, raw FROM staged WHERE raw IS NOT NULL AND line_number > ${after}
    ORDER BY line_number LIMIT ${pageRows}`.execute(query);
  return rows;
}

async function seasonProblems(
  query: Query,
  { season, county, after }: { readonly season: string; readonly county: CountyLetter; readonly after: number },
): Promise<readonly RawRow[]> {
  const { rows } = await sql<RawRow>`
    SELECT line_number, raw FROM presale.problems
    WHERE run_name = ${season} AND letter = ${county} AND line_number > ${after}
    ORDER BY line_number LIMIT ${pageRows}`.execute(query);
  return rows;
}

/** While its quarter lasts, a season's file can't hold what isn't published yet. */
function isOver(end: string): RawBuilder<boolean> {
  return sql`(now() AT TIME ZONE 'Asia/Taipei')::date > ${end}::date`;
}
