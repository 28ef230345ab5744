import { type Kysely, sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import type { Column, Text, TextRow } from './column.ts';
import type { Snapshot, WithSnapshot } from './export-tables.ts';

// A ledger row may hold an input of 32 KB: 16 MB at most.
const rowsAtOnce = 500;

/** Reads all tables as of one moment, however long that takes, without blocking writers. */
export function snapshots(database: Database<unknown>): WithSnapshot {
  return (work) =>
    database.transaction(async ({ query }) => {
      await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`.execute(query);
      await unambiguous(query);
      const { rows } = await sql<{ taken_at: Date; migration: string }>`
        SELECT now() AS taken_at, (SELECT max(name) FROM kysely_migration) AS migration`.execute(query);
      const [told] = rows;
      if (!told) throw new Error('The database answered a question without a row');
      return work(snapshotOf(query, told));
    });
}

function snapshotOf(query: Kysely<unknown>, told: { taken_at: Date; migration: string }): Snapshot {
  return {
    takenAt: told.taken_at,
    migration: told.migration,
    columnsOf: (table) => columnsOf(query, table),
    rowsOf: (table, columns) => rowsOf(query, table, columns),
  };
}

/** The table's own columns in their order; those it computes itself are computed again. */
export async function columnsOf(query: Kysely<unknown>, table: string): Promise<Column[]> {
  const { rows } = await sql<Column>`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum`.execute(query);
  return rows;
}

/** Times and dates are written and read one way, whatever the server's or the user's settings are. */
export async function unambiguous(query: Kysely<unknown>): Promise<void> {
  await sql`SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true)`.execute(query);
}

async function* rowsOf(query: Kysely<unknown>, table: string, columns: readonly Column[]): AsyncGenerator<TextRow[]> {
  // Columns of their own: taking a list of texts apart would cost a third of the time.
  const texts = columns.map(({ name }) => sql`${sql.ref(name)}::text AS ${sql.id(name)}`);
  await sql`DECLARE exported NO SCROLL CURSOR FOR
    SELECT ${sql.join(texts)} FROM ${sql.table(table)}`.execute(query);
  try {
    for (;;) {
      const { rows } = await sql<Record<string, Text>>`FETCH ${sql.lit(rowsAtOnce)} FROM exported`.execute(query);
      if (rows.length === 0) break;
      yield rows.map((row) => columns.map(({ name }) => row[name] ?? null));
    }
  } finally {
    await sql`CLOSE exported`.execute(query);
  }
}
