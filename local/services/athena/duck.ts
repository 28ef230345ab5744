import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableModel } from '../../template/model.ts';
import { injectedValues, partOf, placeOf, typeOf } from './tables.ts';

/** Reads what a table's objects hold. */
export interface TableReader {
  list(bucket: string, prefix: string): AsyncIterable<{ readonly key: string; readonly size: number }>;
  read(bucket: string, key: string): Promise<Uint8Array>;
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes: number;
}

/** More to read than the work group lets a question read. */
export class ScanLimitError extends Error {
  override readonly name = 'ScanLimitError';
}

interface Question {
  readonly sql: string;
  readonly tables: readonly TableModel[];
  readonly mostBytes: number;
}

/**
 * Answers one question with DuckDB. No extension can be fetched that reads S3, so the objects of the tables that are named
 * come into a folder of the question's own, which goes with it: nothing of them stays when an object goes. A table is a view
 * of its files, so that of columns nobody asks for nothing is read.
 */
export async function answer({ sql, tables, mostBytes }: Question, reader: TableReader): Promise<Answer> {
  // Its library is large: whoever asks nothing never loads it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-athena-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: folder,
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    let scannedBytes = 0;
    for (const table of tables.filter(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(sql))) {
      scannedBytes += await make(connection, { table, sql, folder, mostBytes: mostBytes - scannedBytes }, reader);
    }
    // From here on the question's own text: it reads the tables' files, and nothing else of this machine.
    await connection.run(`SET allowed_directories = [${quoted(folder)}]`);
    await connection.run('SET enable_external_access = false; SET lock_configuration = true');
    const result = await connection.runAndReadAll(sql);
    const names = result.columnNames();
    return {
      columns: result
        .columnTypes()
        .map((type, index) => ({ name: names[index] ?? '', type: String(type).toLowerCase() })),
      rows: result.getRowsJson().map((row) => row.map((value) => (value === null ? null : textOf(value)))),
      scannedBytes,
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Making {
  readonly table: TableModel;
  readonly sql: string;
  readonly folder: string;
  readonly mostBytes: number;
}

/** Brings the objects that the question can mean beside the table that they are; returns how many bytes they have. */
async function make(connection: DuckDBConnection, making: Making, reader: TableReader): Promise<number> {
  const { table, sql, folder, mostBytes } = making;
  const { bucket, prefix } = placeOf(table);
  const wanted = injectedValues(table, sql);
  const columns = [...table.columns, ...table.partitionKeys];
  const parts = [
    `SELECT ${columns.map((column) => `CAST(NULL AS ${typeOf(column)}) AS "${column.name}"`).join(', ')} LIMIT 0`,
  ];
  let bytes = 0;
  for await (const { key, size } of reader.list(bucket, prefix)) {
    const part = partOf(table, prefix, key);
    if (!part || [...wanted].some(([index, values]) => !values.has(part.partitions[index] ?? ''))) continue;
    bytes += size;
    if (bytes > mostBytes) throw new ScanLimitError('Bytes scanned limit was exceeded');
    const file = path.join(folder, `${table.name}-${parts.length}.parquet`);
    await writeFile(file, await reader.read(bucket, key));
    parts.push(await partSql(connection, table, { file, partitions: part.partitions }));
  }
  await connection.run(`CREATE VIEW "${table.name}" AS ${parts.map((part) => `(${part})`).join(' UNION ALL ')}`);
  return bytes;
}

/** Of a file the declared columns, whatever others it has; one that it lacks is null, as Athena has it. */
async function partSql(
  connection: DuckDBConnection,
  { columns, partitionKeys }: TableModel,
  { file, partitions }: { readonly file: string; readonly partitions: readonly string[] },
): Promise<string> {
  const rows = `read_parquet(${quoted(file)}, hive_partitioning = false)`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${rows}`);
  const present = new Set(described.getRowsJson().map(([column]) => column));
  const selected = [
    ...columns.map((column) => {
      const value = present.has(column.name) ? `"${column.name}"` : 'NULL';
      return `CAST(${value} AS ${typeOf(column)}) AS "${column.name}"`;
    }),
    ...partitionKeys.map(
      (column, index) => `CAST(${quoted(partitions[index] ?? '')} AS ${typeOf(column)}) AS "${column.name}"`,
    ),
  ];
  return `SELECT ${selected.join(', ')} FROM ${rows}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** As Athena writes a value: text without quotes. */
const textOf = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
