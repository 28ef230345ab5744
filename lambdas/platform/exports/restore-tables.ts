import { createHash } from 'node:crypto';
import { NotFoundError, PermanentError } from '#kit/errors.ts';
import { type Column, type TextRow, type TypedColumn, textsOf, typedColumns, type Value } from './column.ts';
import { type EditedTable, manifestKey } from './edited-tables.ts';
import { type ExportedTable, type Manifest, readManifest } from './manifest.ts';

/** What to do with rows that are there but differ: they were changed since the export. */
export type RestoreMode = 'missing' | 'replace';

export interface RestoreRequest {
  readonly date: string;
  /** @default all of the export */
  readonly tables?: readonly string[] | undefined;
  readonly mode: RestoreMode;
  /** Does all of it, tells what it did, and undoes it. */
  readonly dry_run: boolean;
}

/** What became of the rows of one table's export: exported = inserted + equal + changed. */
export interface RestoredTable {
  readonly table: string;
  readonly exported: number;
  /** Were missing. */
  readonly inserted: number;
  readonly equal: number;
  /** Were changed since the export: replaced, or kept as they are now. */
  readonly changed: number;
  readonly replaced: number;
  /** Rows of the table that the export doesn't know; never touched. */
  readonly newer: number;
  /** The keys of up to 20 that were changed. */
  readonly examples: readonly string[];
}

/** One transaction on the tables; all of it or nothing. */
export interface Restoration {
  /** The columns the table has now. */
  columnsOf(table: string): Promise<readonly Column[]>;
  restore(
    table: EditedTable,
    columns: readonly Column[],
    rows: { readonly of: AsyncIterable<readonly TextRow[]>; readonly mode: RestoreMode },
  ): Promise<RestoredTable>;
}

/** A file that is read where it lies, piece by piece. */
export interface StoredFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

export interface RestorePorts {
  readonly tables: readonly EditedTable[];
  /** The rows of an export's file, some at a time. */
  readonly readFile: (
    file: StoredFile,
    columns: readonly TypedColumn[],
  ) => AsyncIterable<readonly (readonly Value[])[]>;
  /** Rolls back at the end unless `keep`. */
  readonly transaction: <R>(keep: boolean, work: (restoration: Restoration) => Promise<R>) => Promise<R>;
  readonly store: {
    readText(key: string): Promise<string>;
    read(key: string): Promise<AsyncIterable<Uint8Array>>;
    /** The bytes from `start` to before `end`. */
    readRange(key: string, start: number, end: number): Promise<Uint8Array>;
  };
}

export interface Restored {
  readonly date: string;
  readonly taken_at: string;
  readonly mode: RestoreMode;
  readonly dry_run: boolean;
  readonly tables: readonly RestoredTable[];
}

/**
 * Brings rows of an export back, by their keys, in one transaction. Every file is checked against the manifest before
 * the first row is written. Throws {@link PermanentError} for a date without an export and for one that doesn't fit.
 */
export async function restoreTables(request: RestoreRequest, ports: RestorePorts): Promise<Restored> {
  const { date, mode, dry_run } = request;
  const found = await manifestOf(date, ports);
  const chosen = chosenTables(request, found, ports.tables);
  for (const { file } of chosen) await verify(file, ports);
  const tables = await ports.transaction(!dry_run, async (restoration) => {
    const restored: RestoredTable[] = [];
    for (const { table, file } of chosen) {
      expectColumns(file, await restoration.columnsOf(table.name));
      const of = rowsOf(file, ports);
      restored.push(await restoration.restore(table, file.columns, { of, mode: table.parent ? 'missing' : mode }));
    }
    return restored;
  });
  return { date, taken_at: found.taken_at, mode, dry_run, tables };
}

async function manifestOf(date: string, { store }: RestorePorts): Promise<Manifest> {
  try {
    return readManifest(await store.readText(manifestKey(date)));
  } catch (error) {
    if (error instanceof NotFoundError) throw new NotFoundError(`There is no export of ${date}.`, { cause: error });
    throw error;
  }
}

/** In the order of the registry: parents first, whether or not they were asked for. */
function chosenTables({ tables }: RestoreRequest, { date, tables: files }: Manifest, known: readonly EditedTable[]) {
  const missing = (tables ?? []).filter((name) => !files.some((file) => file.name === name));
  if (missing.length > 0) throw new PermanentError(`The export of ${date} has no ${missing.join(', ')}.`);
  return known.flatMap((table) => {
    const file = files.find(({ name }) => name === table.name);
    const asked = tables === undefined || table.parent === true || tables.includes(table.name);
    return file && asked ? [{ table, file }] : [];
  });
}

async function verify({ name, key, bytes, sha256 }: ExportedTable, { store }: RestorePorts): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of await store.read(key)) {
    hash.update(chunk);
    length += chunk.length;
  }
  const found = hash.digest('hex');
  if (length !== bytes || found !== sha256)
    throw new PermanentError(
      `${key} is not what was exported of ${name}: ${length} bytes with SHA-256 ${found}, expected ${bytes} with ${sha256}.`,
    );
}

/** Columns that were added since get their defaults; one that is gone can't be put anywhere. */
function expectColumns({ name, columns }: ExportedTable, now: readonly Column[]): void {
  const gone = columns.filter((column) => !now.some((other) => other.name === column.name));
  if (gone.length === 0) return;
  throw new PermanentError(`${name} has no column ${gone.map((column) => column.name).join(', ')} any more.`);
}

async function* rowsOf(file: ExportedTable, ports: RestorePorts): AsyncGenerator<TextRow[]> {
  const { columns } = file;
  for await (const rows of ports.readFile(storedFile(file, ports), typedColumns(columns))) yield textsOf(columns, rows);
}

function storedFile({ key, bytes }: ExportedTable, { store }: RestorePorts): StoredFile {
  return {
    byteLength: bytes,
    slice: async (start: number, end = bytes): Promise<ArrayBuffer> => {
      const range = await store.readRange(key, start < 0 ? bytes + start : start, end);
      return new Uint8Array(range).buffer;
    },
  };
}
