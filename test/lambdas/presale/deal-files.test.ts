import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { answer } from 'one-machine/services/athena/duck.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parquetChunks } from '../../../lambdas/adapters/objects/parquet.ts';
import { dealColumns } from '../../../lambdas/presale/contract.ts';
import { dealRows } from '../../../lambdas/presale/parquet/deal-rows-store.ts';
import { withDealFiles } from '../../../lambdas/presale/parquet/deals-queue.ts';
import { writeDeals } from '../../../lambdas/presale/parquet/write-deals.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase<unknown>;
const glue = { text: 'string', integer: 'int', bigint: 'bigint', double: 'double', day: 'date', instant: 'timestamp' };

beforeAll(async () => {
  database = await startTestDatabase<unknown>();
  // More than one batch of rows, of which some are withdrawn and some have no floor.
  await sql`
    INSERT INTO presale.deals (county, serial_number, district, transaction_target, location, transaction_date, floor_text, floor,
      total_floors, main_use, building_type, land_area_m2, building_area_m2, parking_area_m2, rooms, living_rooms, bathrooms, note,
      project_name, unit, termination, price_twd, unit_price_twd_per_m2, parking_type, parking_price_twd, publication_date, as_of,
      loaded_at, withdrawn_at, source_key, run_id)
    SELECT CASE WHEN n % 3 = 0 THEN '臺北市' ELSE '新北市' END, 'S' || n, '板橋區', '房地', '路' || n, '2022-01-01'::date + n % 900, '五層',
      NULLIF(n % 40, 0), 40, '住家用', '大樓', n / 100.0, n / 50.0, 0.01, n % 5, 1, 1, E'說明\n' || n, '案' || n % 50, 'A' || n, '',
      9007199254740993 + n, n, '', 0, '2022-07-11', '2022-07-11', '2026-11-30T00:00:00.123456Z',
      CASE WHEN n % 100 = 0 THEN '2026-11-30T01:00:00Z'::timestamptz END, 'presale/raw/x', 'run'
    FROM generate_series(1, 36000) AS n`.execute(database.admin.query);
});
afterAll(() => database?.stop());

const files = new Map<string, Buffer>();
const write = (county: 'A' | 'F') =>
  writeDeals(
    { county },
    {
      dealsOf: dealRows(database.app),
      write: async (key, rows) => {
        files.set(key, Buffer.concat(await Array.fromAsync(parquetChunks(dealColumns, rows))));
      },
    },
  );

/** The question to the files, by DuckDB. */
async function askFiles(text: string) {
  const table = {
    name: 'deals',
    database: 'd',
    location: 's3://raw/presale/deals/',
    columns: dealColumns.map(({ name, type }) => ({ name, type: glue[type] })),
    partitionKeys: [{ name: 'letter', type: 'string' }],
    parameters: { 'projection.letter.type': 'enum' },
  };
  const { rows } = await answer(
    { sql: text, mostBytes: 10 ** 9, tables: [table], directory: tmpdir() },
    {
      async *list() {
        for (const [key, { length }] of files) yield { key, size: length };
      },
      bring: (_bucket, key, file) => writeFile(file, files.get(key) ?? ''),
    },
  );
  return rows;
}

test('deals in files answer as those of the database, to the last digit', async () => {
  await write('A');
  await write('F');
  const figures = ['count(*)', 'count(d.floor)', 'count(d.withdrawn_at)', 'sum(d.price_twd)', 'min(d.note)'];
  const areas = 'sum(CAST(round(d.building_area_m2 * 100) AS bigint))';
  const columns = ['d.county', 'd.transaction_date', ...figures, areas].map(
    (expression, nth) => `CAST(${expression} AS varchar) AS c${nth}`,
  );
  const question = (table: string) =>
    `SELECT ${columns.join(', ')} FROM ${table} d GROUP BY d.county, d.transaction_date ORDER BY c0, c1`;

  const { rows } = await sql.raw<Record<string, string>>(question('presale.deals')).execute(database.admin.query);

  expect(rows.length).toBe(900);
  const sorted = (found: readonly (readonly (string | null)[])[]) => found.map((row) => row.join('|')).sort();
  expect(sorted(await askFiles(question('deals')))).toEqual(sorted(rows.map((row) => Object.values(row))));
  expect(await askFiles('SELECT max(d.loaded_at) FROM deals d')).toEqual([['2026-11-30 00:00:00.123456']]);
  expect(await askFiles("SELECT count(*) FROM deals d WHERE d.letter = 'A'")).toEqual([['12000']]);
});

test('a correction has the file of its county written, whatever came of it', async () => {
  const asked: unknown[] = [];
  const book = withDealFiles(
    { find: async () => undefined, runName: async () => 'run', correct: async () => [] },
    async (letters) => void asked.push(letters),
  );

  expect(
    await book.correct({ publicationDate: '2022-07-11', letter: 'F' }, { who: 'a', source: null }, () => []),
  ).toEqual([]);

  expect(asked).toEqual([['F']]);
});
