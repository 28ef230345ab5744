import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Column, kindOf, type Text } from './column.ts';

/** A row in the order of its columns. */
export type TextRow = readonly Text[];

// A row group is held whole in memory, as text and as values, when it is written and when it is read.
const groupCharacters = 8 * 1024 * 1024;
const groupRows = 20_000;

/** A table as a Parquet file, row group by row group: what is in memory doesn't grow with the table. */
export async function* parquetChunks(
  columns: readonly Column[],
  batches: AsyncIterable<readonly TextRow[]>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const file = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'millrace' });
  for await (const rows of grouped(batches)) {
    await file.write({ columnData: columnData(columns, rows), rowGroupSize: rows.length });
    yield taken(bytes);
  }
  await file.finish();
  yield taken(bytes);
}

/** The rows of a Parquet file of ours, one row group at a time. */
export async function* parquetRows(file: AsyncBuffer, columns: readonly Column[]): AsyncGenerator<TextRow[]> {
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const found = await parquetReadObjects({ file, metadata, rowStart, rowEnd, parsers });
    yield found.map((row) => columns.map((column) => textOf(column, row[column.name])));
    rowStart = rowEnd;
  }
}

// The library's own make Dates, which cut microseconds off, and text without a byte order mark that is part of it.
const parsers = {
  timestampFromMicroseconds: (micros: bigint) => micros,
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8'),
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const elements = columns.map(
    (column): SchemaElement => ({ name: column.name, repetition_type: 'OPTIONAL', ...kindOf(column).element }),
  );
  return [{ name: 'root', num_children: elements.length }, ...elements];
}

function columnData(columns: readonly Column[], rows: readonly TextRow[]) {
  return columns.map((column, index) => {
    const { write } = kindOf(column);
    return { name: column.name, data: rows.map((row) => (row[index] == null ? null : write(row[index]))) };
  });
}

function textOf(column: Column, value: unknown): Text {
  return value === null || value === undefined ? null : kindOf(column).read(value);
}

/** A copy of what was written since: the writer uses its buffer again. Offsets go on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = new Uint8Array(bytes.getBytes());
  bytes.index = 0;
  return chunk;
}

async function* grouped(batches: AsyncIterable<readonly TextRow[]>): AsyncGenerator<TextRow[]> {
  let group: TextRow[] = [];
  let characters = 0;
  for await (const batch of batches) {
    group.push(...batch);
    for (const row of batch) for (const text of row) characters += text?.length ?? 0;
    if (characters < groupCharacters && group.length < groupRows) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}
