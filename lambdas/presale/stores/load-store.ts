import { sql } from 'kysely';
import type { Database, Session } from '#adapters/database.ts';
import type { LoadedCounty } from '../contract.ts';
import { serialColumn } from '../file/columns.ts';
import type { ProblemReason } from '../file/file-row.ts';
import type { CountyFile, LoadDeals, OpenRows } from '../ports.ts';
import { type CountyLetter, counties } from '../publication/counties.ts';
import { haveProblems, keepProblems } from './ledger/kept-problems-store.ts';
import { beforeStraight, isFirstLoad, type LoadedStraight, loadStraight } from './loading/first-load-store.ts';
import { list, merge } from './loading/merge-store.ts';
import { copyText, dealFields, stagedFields } from './loading/staging-rows.ts';
import { missingDeals } from './problem-store.ts';
import { statisticsLag } from './statistics/stale-statistics-store.ts';
import type { PresaleTables } from './tables.ts';
import { lackingDeals, withdrawMissing } from './withdrawal-store.ts';

type Query = Session<PresaleTables>['query'];

const staged = (table: string) => list(dealFields, table);

/**
 * Loads files into presale.deals: the first of a publication straight by COPY, others through a staging table. A row that a
 * newer publication holds is left as it is; one that says what the database says already is not written.
 */
export function dealLoader(database: Database<PresaleTables>, bucket: string): LoadDeals {
  return (file, rows) =>
    database.transaction(
      async (session) => {
        const { query } = session;
        const [first] = await session.together(() => [isFirstLoad(query, file), beforeStraight(query)]);
        const straight = first ? await loadStraight(session, file, rows) : undefined;
        const counts = straight
          ? await settleFirst(session, file, { rows, bucket, ...straight })
          : await loadStaged(session, file, { rows, bucket });
        const [, loaded] = await session.together(() => [
          statisticsLag(query, file.county),
          keepCounts(query, file, counts),
        ]);
        return loaded;
      },
      ({ query }) => [lockCounty(query, file.county), createStaging(query)],
    );
}

type Counts = Omit<LoadedCounty, 'county' | 'state' | 'load_ms'>;

interface Loading {
  readonly rows: OpenRows;
  readonly bucket: string;
}

/** Of a first load there is nothing to compare with; its problem rows are kept as those of every other. */
async function settleFirst(
  session: Session<PresaleTables>,
  file: CountyFile,
  { rows, bucket, good, problems, kept }: Loading & LoadedStraight,
): Promise<Counts> {
  if (problems > 0) {
    await stage(session, async function* () {
      if (kept) yield kept;
      else for await (const batch of rows()) yield batch.filter(({ state }) => state === 'problem');
    });
    await keepProblems(session.query, file, { before: false, found: problems, bucket });
  }
  const nothing = { duplicates: 0, updated: 0, unchanged: 0, kept_newer: 0, withdrawn: 0 };
  return { rows_read: good + problems, good, problems, inserted: good, ...nothing };
}

async function loadStaged(
  session: Session<PresaleTables>,
  file: CountyFile,
  { rows, bucket }: Loading,
): Promise<Counts> {
  const { query } = session;
  const staged = await stage(session, rows);
  const [serials, before, lacking] = await session.together(() => [
    countSerials(query),
    haveProblems(query, file),
    // Also true when repeats are refused or dropped below: the first of each serial number stays.
    lackingDeals(query, file),
  ]);
  const read = await withoutRepeats(session, rows, { ...staged, serials });
  const withdrawn = await withdrawMissing(query, file, lacking);
  const merged = await merge(query, file, read.good);
  await keepProblems(query, file, { before, found: read.problems, bucket });
  if (read.problems > 0) await mergeMissing(session, file);
  return { ...read, ...merged, withdrawn };
}

/** Deals of corrected rows that were lost come back with their file, which doesn't count them: it has them as problems. */
async function mergeMissing(session: Session<PresaleTables>, file: CountyFile): Promise<void> {
  const missing = await missingDeals(session.query, file);
  if (missing.length === 0) return;
  await sql`TRUNCATE staged`.execute(session.query);
  await stage(session, async function* () {
    yield missing;
  });
  await merge(session.query, file, missing.length);
}

/** Two loads of a county follow one another; what the second finds is then settled. */
export async function lockCounty(query: Query, county: CountyLetter): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`presale.deals ${county}`}, 0))`.execute(query);
}

/** The table that a load's rows wait in; they are gone with the transaction. It stays with the connection, for the next. */
export async function createStaging(query: Query): Promise<void> {
  await sql`
    CREATE TEMPORARY TABLE IF NOT EXISTS staged ON COMMIT DELETE ROWS AS
    SELECT 0::bigint AS line_number, ${list(dealFields)}, NULL::json AS raw, NULL::json AS reasons
    FROM presale.deals WITH NO DATA`.execute(query);
}

/** Of staged rows with a serial number that came before: the file is staged once more where some must be refused. */
async function withoutRepeats(
  session: Session<PresaleTables>,
  rows: OpenRows,
  staged: { readonly good: number; readonly problems: number; readonly serials: number },
): Promise<Pick<LoadedCounty, 'rows_read' | 'good' | 'problems' | 'duplicates'>> {
  const { query } = session;
  const rowsRead = staged.good + staged.problems;
  let { good, problems } = staged;
  if (good > staged.serials) {
    const refusals = await differingRepeats(query);
    if (refusals.size > 0) {
      await sql`TRUNCATE staged`.execute(query);
      ({ good, problems } = await stage(session, () => rows(refusals)));
    }
    good -= await dropEqualRepeats(query);
  }
  return { rows_read: rowsRead, good, problems, duplicates: rowsRead - good - problems };
}

/** Copies rows into the staging table; resolves to their numbers. */
export async function stage(
  { copyIn }: Session<PresaleTables>,
  rows: OpenRows,
): Promise<{ good: number; problems: number }> {
  let good = 0;
  const chunks = async function* () {
    for await (const batch of rows()) {
      for (const { state } of batch) if (state === 'good') good += 1;
      yield copyText(batch);
    }
  };
  const taken = await copyIn(`COPY staged (${stagedFields.join(', ')}) FROM STDIN`, chunks());
  return { good, problems: taken - good };
}

/** Grouped, not counted as DISTINCT: PostgreSQL hashes groups, and sorts for the other. */
async function countSerials(query: Query): Promise<number> {
  const { rows } = await sql<{ serials: number }>`
    SELECT count(*) AS serials
    FROM (SELECT FROM staged WHERE serial_number IS NOT NULL GROUP BY serial_number) AS groups`.execute(query);
  return rows[0]?.serials ?? 0;
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

async function keepCounts(query: Query, { plan, county, backup }: CountyFile, counts: Counts): Promise<LoadedCounty> {
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
