import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** What a column holds: `day` counts days, `instant` microseconds, both since 1970 in UTC. */
export type ParquetType = 'text' | 'integer' | 'bigint' | 'double' | 'boolean' | 'day' | 'instant';

export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
}

/** `bigint` and `instant` are bigints, `integer`, `double` and `day` numbers; `null` is none. */
export type ParquetValue = string | number | bigint | boolean | null;

/** A row in the order of its columns. */
export type ParquetRow = readonly ParquetValue[];

// A row group is held whole in memory when it is written and when it is read.
const groupCharacters = 8 * 1024 * 1024;
const groupRows = 20_000;
// Size counted for a value that is no text: no type takes more than eight bytes.
const fixedCharacters = 8;

/** Rows as a Parquet file, row group by row group: what is in memory doesn't grow with the number of rows. */
export async function* parquetChunks(
  columns: readonly ParquetColumn[],
  batches: AsyncIterable<readonly ParquetRow[]>,
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

/** A Parquet file that is held in memory, to be read. */
export async function wholeFile(pieces: AsyncIterable<Uint8Array>): Promise<AsyncBuffer> {
  const bytes = Buffer.concat(await Array.fromAsync(pieces));
  return {
    byteLength: bytes.length,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

/** The rows of a Parquet file with these columns, one row group at a time. */
export async function* parquetRows(
  file: AsyncBuffer,
  columns: readonly ParquetColumn[],
): AsyncGenerator<ParquetValue[][]> {
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const found = await parquetReadObjects({ file, metadata, rowStart, rowEnd, parsers });
    yield found.map((row) => columns.map(({ name }) => row[name] ?? null));
    rowStart = rowEnd;
  }
}

// The library's own make Dates, which cut microseconds off, and text without a byte order mark that is part of it.
const parsers = {
  timestampFromMicroseconds: (micros: bigint) => micros,
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8'),
};

const elements: Readonly<Record<ParquetType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  day: { type: 'INT32', converted_type: 'DATE' },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
};

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  const fields = columns.map(
    ({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elements[type] }),
  );
  return [{ name: 'root', num_children: fields.length }, ...fields];
}

function columnData(columns: readonly ParquetColumn[], rows: readonly ParquetRow[]) {
  return columns.map(({ name }, index) => ({ name, data: rows.map((row) => row[index] ?? null) }));
}

/** A copy of what was written since: the writer uses its buffer again. Offsets go on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = new Uint8Array(bytes.getBytes());
  bytes.index = 0;
  return chunk;
}

async function* grouped(batches: AsyncIterable<readonly ParquetRow[]>): AsyncGenerator<ParquetRow[]> {
  let group: ParquetRow[] = [];
  let characters = 0;
  for await (const batch of batches) {
    for (const row of batch) {
      group.push(row);
      for (const value of row) characters += typeof value === 'string' ? value.length : fixedCharacters;
      if (characters < groupCharacters && group.length < groupRows) continue;
      yield group;
      group = [];
      characters = 0;
    }
  }
  if (group.length > 0) yield group;
}
