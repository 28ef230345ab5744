/** The process that answers questions with DuckDB, until it takes more than it may or its parent is gone. */
import { Worker } from 'node:worker_threads';
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';
import { fileBeside } from '../../file-beside.ts';
import type { DuckAnswer, DuckQuestion, DuckRows } from './duck-child.ts';
import { typeOf } from './tables.ts';

/** What of an answer is kept: its readers take a thousand rows, or count. A character takes two bytes at most. */
const mostKept = { rows: 100_000, characters: 8 * 1024 * 1024 };

new Worker(fileBeside(import.meta.url, 'memory-watch')).unref();

// Ctrl-C in a terminal reaches every process; the parent decides what that means for what is in hand.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', async (question: DuckQuestion) => {
  const told = await answer(question).catch(
    (error: unknown): DuckAnswer => ({ failure: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(told);
});

async function answer({ sql, folder, views }: DuckQuestion): Promise<DuckRows> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '512MB',
    // What needs more stands beside the objects.
    temp_directory: folder,
    max_temp_directory_size: '2GB',
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const view of views) await make(connection, view);
    // From here on the question's own text: it reads the tables' files, and nothing else of this machine.
    await connection.run(`SET allowed_directories = [${quoted(folder)}]`);
    await connection.run('SET enable_external_access = false; SET lock_configuration = true');
    return await rowsOf(await onlySelect(connection, sql));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A table is a view of its files, so that columns which are not asked for are not read. */
async function make(connection: DuckDBConnection, { table, files }: DuckQuestion['views'][number]): Promise<void> {
  const columns = [...table.columns, ...table.partitionKeys];
  const none = columns.map((column) => `CAST(NULL AS ${typeOf(column)}) AS "${column.name}"`);
  const parts = [`SELECT ${none.join(', ')} LIMIT 0`];
  for (const file of files) parts.push(await partSql(connection, table, file));
  await connection.run(`CREATE VIEW "${table.name}" AS ${parts.map((part) => `(${part})`).join(' UNION ALL ')}`);
}

/** The declared columns of a file, whatever others it has; a column that it lacks is null, as Athena has it. */
async function partSql(
  connection: DuckDBConnection,
  { columns, partitionKeys }: DuckQuestion['views'][number]['table'],
  { file, partitions }: DuckQuestion['views'][number]['files'][number],
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

/** The one question of a text. Athena takes no second statement; who asks here may change nothing there either. */
async function onlySelect(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Error(`Only one sql statement is allowed. Got: ${sql}`);
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT)
    throw new Error('Queries of this type are not supported: only SELECT is answered.');
  return prepared;
}

/** Rows piece by piece, so that an answer without end fills no memory. */
async function rowsOf(prepared: DuckDBPreparedStatement): Promise<DuckRows> {
  const result = await prepared.stream();
  const names = result.columnNames();
  const columns = result.columnTypes().map((type, index) => {
    return { name: names[index] ?? '', type: String(type).toLowerCase() };
  });
  const rows: (string | null)[][] = [];
  let characters = 0;
  for await (const piece of result.yieldRowsJson()) {
    for (const row of piece) {
      const cells = row.map((value) => (value === null ? null : textOf(value)));
      characters += cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0);
      if (rows.length === 0 && characters > mostKept.characters)
        throw new Error(`One machine keeps no row of more than ${mostKept.characters} characters.`);
      if (rows.length === mostKept.rows || characters > mostKept.characters) return { columns, rows, isCut: true };
      rows.push(cells);
    }
  }
  return { columns, rows, isCut: false };
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** As Athena writes a value: text without quotes. */
const textOf = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
