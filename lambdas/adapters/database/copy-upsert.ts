import { type RawBuilder, sql } from 'kysely';
import { type CopyValue, copyLine } from '#kit/text/copy-text.ts';
import type { Session } from '../database.ts';

/** Where rows go, and what makes two of them the same. */
export interface UpsertTarget {
  readonly table: string;
  /** Columns that are written, in the order of the rows' values. */
  readonly columns: readonly string[];
  /** Columns of a unique constraint, among those. */
  readonly key: readonly string[];
  /**
   * Columns that say which of two rows is the newer, among those: a message's time, then its offset. An older row changes
   * nothing. @default the one that comes later
   */
  readonly newer?: readonly string[];
}

/** What became of rows: in = inserted + updated + unchanged + repeated. */
export interface UpsertCounts {
  readonly in: number;
  readonly inserted: number;
  readonly updated: number;
  /** Said what the table says already, or something older. */
  readonly unchanged: number;
  /** Had another row of the same key beside them, which is the newer. */
  readonly repeated: number;
}

/**
 * Brings rows into a table by COPY through a staging table, in the caller's transaction: thousands in two statements, and
 * the same rows again change nothing. JSON must be `jsonb`, which can be compared. Keys are written in their order, so that two batches can't lock each other out.
 */
export async function copyUpsert<T>(
  { query, copyIn }: Session<T>,
  target: UpsertTarget,
  batches: AsyncIterable<Iterable<readonly CopyValue[]>> | Iterable<Iterable<readonly CopyValue[]>>,
): Promise<UpsertCounts> {
  const { table, columns } = target;
  // Dropped with the transaction, or below: it has the table's columns as they are now.
  await sql`
    CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
    SELECT 0::bigint AS copied_place, ${list(columns)} FROM ${sql.table(table)} WITH NO DATA`.execute(query);
  const names = ['copied_place', ...columns].map((name) => `"${name.replaceAll('"', '""')}"`);
  const taken = await copyIn(`COPY copied (${names.join(', ')}) FROM STDIN`, chunksOf(batches));
  const { rows } = await sql<{ distinct_rows: number; inserted: number; updated: number }>`
    WITH newest AS (
      SELECT DISTINCT ON (${list(target.key)}) * FROM copied ORDER BY ${list(target.key)}, ${newestFirst(target)}
    ), written AS (
      INSERT INTO ${sql.table(table)} AS known (${list(columns)}) SELECT ${list(columns)} FROM newest
      ON CONFLICT (${list(target.key)}) ${onConflict(target)}
      -- A row that was only inserted has never been locked or replaced.
      RETURNING known.xmax = 0 AS is_new
    )
    SELECT (SELECT count(*) FROM newest) AS distinct_rows, count(*) FILTER (WHERE is_new) AS inserted,
      count(*) FILTER (WHERE NOT is_new) AS updated FROM written`.execute(query);
  await sql`DROP TABLE copied`.execute(query);
  const { distinct_rows: distinct = 0, inserted = 0, updated = 0 } = rows[0] ?? {};
  return { in: taken, inserted, updated, unchanged: distinct - inserted - updated, repeated: taken - distinct };
}

async function* chunksOf(batches: Parameters<typeof copyUpsert>[2]): AsyncGenerator<string> {
  let place = 0;
  for await (const batch of batches) {
    let text = '';
    for (const values of batch) {
      text += copyLine([place, ...values]);
      place += 1;
    }
    yield text;
  }
}

function newestFirst({ newer = [] }: UpsertTarget): RawBuilder<unknown> {
  return sql.join([...newer, 'copied_place'].map((column) => sql`${sql.ref(column)} DESC NULLS LAST`));
}

function onConflict({ columns, key, newer }: UpsertTarget): RawBuilder<unknown> {
  const changing = columns.filter((column) => !key.includes(column));
  if (changing.length === 0) return sql`DO NOTHING`;
  const differs = sql`(${list(changing, 'known')}) IS DISTINCT FROM (${list(changing, 'excluded')})`;
  const isNewer = newer ? sql`(${list(newer, 'excluded')}) >= (${list(newer, 'known')})` : sql`TRUE`;
  return sql`DO UPDATE SET ${sql.join(changing.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))}
    WHERE ${differs} AND ${isNewer}`;
}

function list(columns: readonly string[], of?: string): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(of === undefined ? column : `${of}.${column}`)));
}
