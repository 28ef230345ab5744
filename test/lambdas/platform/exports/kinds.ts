import { sql } from 'kysely';
import { parquetChunks, parquetRows } from '#adapters/objects/parquet.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { EditedTable } from '../../../../lambdas/platform/exports/edited-tables.ts';
import { type Exported, exportTables } from '../../../../lambdas/platform/exports/export-tables.ts';
import { restorations } from '../../../../lambdas/platform/exports/restore-store.ts';
import {
  type Restored,
  type RestoreRequest,
  restoreTables,
} from '../../../../lambdas/platform/exports/restore-tables.ts';
import { snapshots } from '../../../../lambdas/platform/exports/snapshot-store.ts';
import { startTestDatabase } from '../../../support/database.ts';

/** The day of the exports. */
export const day = '2026-11-21';

const kinds: EditedTable = { name: 'platform.kinds', key: ['name'], references: { replay_of: 'platform.kinds' } };
const parent: EditedTable = { name: 'platform.parents', key: ['name'], parent: true };
const tables = [parent, kinds];

const rowsOfAllKinds = String.raw`INSERT INTO platform.kinds (name, parent, big, whole, small, yes, exact, fixed, rough, short, day, at, local,
      words, loose, tight, list, bytes, named, span, replay_of) VALUES
    ('full', 'p', 9223372036854775807, -2147483648, 32767, true, 12345678901234567890.123456789012345678900, 7.500,
      0.1, 3.4028235e38, '2022-02-28', '2026-11-21 10:00:00.123456+08', '2026-11-21 10:00:00.000001', '預售屋' || chr(10) || 'a"b\c',
      '{"b": 1,  "a": "\u0000", "a": 2}', '{"b": [1, null]}', ARRAY['甲', NULL, 'x,"y"'], '\x00ff', gen_random_uuid(), '1 day 02:00', NULL),
    ('empty', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1),
    ('edge', 'p', -9223372036854775808, 0, -1, false, 'NaN', -0.001, 'Infinity', 'NaN', '0001-01-01', '1969-12-31 23:59:59.999999Z',
      '1969-12-31', chr(65279) || 'begins with a mark', 'null', 'null', '{}', '', NULL, '-1 mons', 2),
    ('', 'q', 0, 1, 1, true, 0, 0, '-0', 1, '9999-12-31', '9999-12-31 23:59:59Z', NULL, '', '""', '0', NULL, NULL, NULL, NULL, NULL)`;

/** Two tables with every type that one of ours may have, in a real database, and a bucket. */
export interface Kinds {
  readonly store: ReturnType<typeof bucketInMemory>;
  /** The rows as they were made, and an empty bucket. */
  begin(): Promise<void>;
  exported(): Promise<Exported>;
  restored(request?: Partial<RestoreRequest>): Promise<Restored>;
  /** As PostgreSQL writes them. */
  rowsOf(table: string): Promise<string[]>;
  /** Those of both. */
  all(): Promise<string[][]>;
  query<T>(statement: string): Promise<T[]>;
  stop(): Promise<void>;
}

/** Makes the tables in a database of the test file's own. */
export async function startKinds(): Promise<Kinds> {
  const database = await startTestDatabase<unknown>();
  const query = async <T>(statement: string) => (await sql.raw<T>(statement).execute(database.admin.query)).rows;
  await query(`CREATE TABLE platform.parents (name text PRIMARY KEY, told text)`);
  await query(`CREATE TABLE platform.kinds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" UNIQUE NOT NULL,
    parent text REFERENCES platform.parents (name), big bigint, whole integer, small smallint, yes boolean,
    exact numeric, fixed numeric(12, 3), rough double precision, short real, day date, at timestamptz, local timestamp,
    words text, loose json, tight jsonb, list text[], bytes bytea, named uuid, span interval,
    digit bigint GENERATED ALWAYS AS (big % 10) STORED,
    replay_of bigint REFERENCES platform.kinds (id))`);
  await query('GRANT ALL ON platform.parents, platform.kinds TO millrace_app');
  await query('GRANT ALL ON ALL SEQUENCES IN SCHEMA platform TO millrace_app');
  const rowsOf = async (table: string) => {
    const rows = await query<{ text: string }>(`SELECT t::text AS text FROM ${table} t ORDER BY t.name`);
    return rows.map(({ text }) => text);
  };
  const store = bucketInMemory();
  return {
    store,
    async begin() {
      Object.assign(store, bucketInMemory());
      await query('TRUNCATE platform.parents, platform.kinds RESTART IDENTITY');
      await query(`INSERT INTO platform.parents VALUES ('p', 'one'), ('q', NULL)`);
      await query(rowsOfAllKinds);
    },
    exported: () => exportTables(day, { tables, snapshot: snapshots(database.app), writeFile: parquetChunks, store }),
    restored: (request = {}) =>
      restoreTables(
        { date: day, mode: 'missing', dry_run: false, ...request },
        { tables, transaction: restorations(database.app), readFile: parquetRows, store },
      ),
    rowsOf,
    all: async () => [await rowsOf('platform.parents'), await rowsOf('platform.kinds')],
    query,
    stop: () => database.stop(),
  };
}

/** The bucket as a few lines: what S3 does is tested with its adapter. */
function bucketInMemory() {
  const objects = new Map<string, Buffer>();
  const get = (key: string) => {
    const found = objects.get(key);
    if (!found) throw new NotFoundError(key);
    return found;
  };
  return {
    objects,
    put: async (key: string, body: string) => void objects.set(key, Buffer.from(body)),
    upload: async (key: string, body: AsyncIterable<Uint8Array>) =>
      void objects.set(key, Buffer.concat(await Array.fromAsync(body))),
    readText: async (key: string) => get(key).toString('utf8'),
    read: async (key: string) =>
      (async function* () {
        yield get(key);
      })(),
    readRange: async (key: string, start: number, end: number) => get(key).subarray(start, end),
  };
}
