import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { LoadedCounty } from '../contract.ts';
import { serialColumn } from '../file/columns.ts';
import type { ProblemReason } from '../file/file-row.ts';
import type { CountyFile, LoadDeals, OpenRows } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import { asOf, seasonEnd, seasonOf } from '../publication/season.ts';
import { copyText, dealFields, stagedFields } from './copy-text.ts';
import { keepProblems } from './kept-problems-store.ts';
import type { PresaleTables } from './tables.ts';
import { lackedBySeason, withdrawMissing } from './withdrawal-store.ts';

type Query = Session<PresaleTables>['query'];
type MergeCounts = Pick<LoadedCounty, 'inserted' | 'updated' | 'unchanged' | 'kept_newer'>;

/** Of a file, what its rows carry with them. */
export interface MergedFile {
  readonly plan: Pick<CountyFile['plan'], 'season' | 'publication_date' | 'run_id'>;
  readonly county: CountyLetter;
  readonly backup: Pick<CountyFile['backup'], 'source_key'>;
}

const list = (fields: readonly string[], table?: string) =>
  sql.join(fields.map((field) => sql.ref(table === undefined ? field : `${table}.${field}`)));
const staged = (table: string) => list(dealFields, table);

/**
 * Loads files into presale.deals by COPY through a staging table. A row that a newer publication holds is left as it
 * is; one that says what the database says already is not written.
 */
export function dealLoader(database: Database<PresaleTables>, bucket: string): LoadDeals {
  return (file, rows) =>
    database.transaction(async (session) => {
      const { query } = session;
      await lockCounty(query, file.county);
      await createStaging(query);
      const read = await stageFile(session, rows);
      const withdrawn = await withdrawMissing(query, file);
      const merged = await merge(query, file);
      await keepProblems(query, file, { found: read.problems, bucket });
      return keepCounts(query, file, { ...read, ...merged, withdrawn });
    });
}

/** Two loads of a county follow one another; what the second finds is then settled. */
export async function lockCounty(query: Query, county: CountyLetter): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`presale.deals ${county}`}, 0))`.execute(query);
}

/** The table that a load's rows wait in; it is gone with the transaction. */
export async function createStaging(query: Query): Promise<void> {
  await sql`
    CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
    SELECT 0::bigint AS line_number, ${list(dealFields)}, NULL::json AS raw, NULL::json AS reasons
    FROM presale.deals WITH NO DATA`.execute(query);
}

/** Stages the file; once more when rows with a serial number that came before must be refused. */
async function stageFile(
  session: Session<PresaleTables>,
  rows: OpenRows,
): Promise<Pick<LoadedCounty, 'rows_read' | 'good' | 'problems' | 'duplicates'>> {
  const rowsRead = await stage(session, rows);
  let counts = await countStaged(session.query);
  let duplicates = 0;
  if (counts.good > counts.serials) {
    const refusals = await differingRepeats(session.query);
    if (refusals.size > 0) {
      await sql`TRUNCATE staged`.execute(session.query);
      await stage(session, () => rows(refusals));
    }
    duplicates = await dropEqualRepeats(session.query);
    counts = await countStaged(session.query);
  }
  const { good, problems } = counts;
  // Counted, not what is left over: a row that got lost must not pass for a repeated one.
  return { rows_read: rowsRead, good, problems, duplicates };
}

/** Copies rows into the staging table; resolves to their number. */
export function stage({ copyIn }: Session<PresaleTables>, rows: OpenRows): Promise<number> {
  const chunks = async function* () {
    for await (const batch of rows()) yield copyText(batch);
  };
  return copyIn(`COPY staged (${stagedFields.join(', ')}) FROM STDIN`, chunks());
}

async function countStaged(query: Query): Promise<{ good: number; problems: number; serials: number }> {
  const { rows } = await sql<{ good: number; problems: number; serials: number }>`
    SELECT count(serial_number) AS good, count(raw) AS problems, count(DISTINCT serial_number) AS serials
    FROM staged`.execute(query);
  return rows[0] ?? { good: 0, problems: 0, serials: 0 };
}

const firstOfSerial = sql`
  SELECT DISTINCT ON (serial_number) * FROM staged WHERE serial_number IS NOT NULL ORDER BY serial_number, line_number`;

async function differingRepeats(query: Query): Promise<ReadonlyMap<number, ProblemReason>> {
  const { rows } = await sql<{ line: number; first: number }>`
    SELECT s.line_number AS line, f.line_number AS first
    FROM staged s JOIN (${firstOfSerial}) f ON f.serial_number = s.serial_number
    WHERE (${staged('s')}) IS DISTINCT FROM (${staged('f')})`.execute(query);
  const reasonOf = (first: number) => ({ column: serialColumn, reason: `is that of line ${first} with other values` });
  return new Map(rows.map(({ line, first }) => [line, reasonOf(first)]));
}

async function dropEqualRepeats(query: Query): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM staged s USING (${firstOfSerial}) f
    WHERE f.serial_number = s.serial_number AND f.line_number < s.line_number`.execute(query);
  return Number(numAffectedRows ?? 0);
}

/**
 * One statement, so that the counts are those of what it did. A row that a season's file lacks already arrives withdrawn,
 * and counts as kept newer: the result is the same whichever of the two files came first. Nobody else writes the
 * county's deals while its lock is held, so a row that isn't there is inserted without a second look.
 */
export async function merge(query: Query, file: MergedFile): Promise<MergeCounts> {
  const { plan, county, backup } = file;
  const newness = asOf(plan);
  const lacked = await lackedBySeason(query, file);
  const origin = sql`${plan.publication_date}::date, now(), ${backup.source_key}, ${plan.run_id},
    CASE WHEN effect = 'lacked' THEN ${seasonEnd(seasonOf(plan.publication_date))}::date ELSE ${newness}::date END,
    CASE WHEN effect = 'lacked' THEN now() END`;
  const written = [...dealFields, 'publication_date', 'loaded_at', 'source_key', 'run_id', 'as_of', 'withdrawn_at'];
  const { rows } = await sql<MergeCounts>`
    WITH judged AS (
      SELECT ${staged('s')}, d.id, CASE
        WHEN d.as_of > ${newness}::date THEN 'kept_newer'
        WHEN d.as_of = ${newness}::date AND d.withdrawn_at IS NULL
          AND (${staged('d')}) IS NOT DISTINCT FROM (${staged('s')}) THEN 'unchanged'
        WHEN ${lacked} THEN 'lacked'
        WHEN d.id IS NULL THEN 'inserted'
        ELSE 'updated' END AS effect
      FROM staged s
      LEFT JOIN presale.deals d ON d.county = ${counties[county]} AND d.serial_number = s.serial_number
      WHERE s.serial_number IS NOT NULL
    ), inserted AS (
      INSERT INTO presale.deals (county, ${list(written)})
      SELECT ${counties[county]}, ${list(dealFields)}, ${origin} FROM judged
      WHERE id IS NULL AND effect IN ('inserted', 'lacked')
    ), updated AS (
      UPDATE presale.deals d SET (${list(written)}) = ROW (${staged('j')}, ${origin})
      FROM judged j WHERE d.id = j.id AND j.effect IN ('updated', 'lacked')
    )
    SELECT count(*) FILTER (WHERE effect = 'inserted') AS inserted,
      count(*) FILTER (WHERE effect = 'updated') AS updated,
      count(*) FILTER (WHERE effect = 'unchanged') AS unchanged,
      count(*) FILTER (WHERE effect IN ('kept_newer', 'lacked')) AS kept_newer
    FROM judged`.execute(query);
  return rows[0] ?? { inserted: 0, updated: 0, unchanged: 0, kept_newer: 0 };
}

async function keepCounts(
  query: Query,
  { plan, county, backup }: CountyFile,
  counts: Omit<LoadedCounty, 'county' | 'state' | 'load_ms'>,
): Promise<LoadedCounty> {
  const fields = Object.keys(counts);
  const all = [
    ...fields,
    'run_id',
    'state',
    'reason',
    'source_key',
    'sha256',
    'bytes',
    'fetch_ms',
    'load_ms',
    'updated_at',
  ];
  const { rows } = await sql<{ load_ms: number }>`
    INSERT INTO presale.county_runs (run_name, letter, county, ${list(all)})
    VALUES (${plan.name}, ${county}, ${counties[county]}, ${sql.join(Object.values(counts))}, ${plan.run_id}, 'loaded',
      NULL, ${backup.source_key}, ${backup.sha256}, ${backup.bytes}, ${backup.fetch_ms},
      (extract(epoch FROM clock_timestamp() - now()) * 1000)::bigint, now())
    ON CONFLICT (run_name, letter) DO UPDATE
    SET ${sql.join(all.map((field) => sql`${sql.ref(field)} = excluded.${sql.ref(field)}`))}
    RETURNING load_ms`.execute(query);
  return { county, state: 'loaded', ...counts, load_ms: rows[0]?.load_ms ?? 0 };
}
