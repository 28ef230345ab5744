import { createHash } from 'node:crypto';
import { NotFoundError } from '#kit/errors.ts';
import { type Column, type TextRow, type TypedColumn, typedColumns, type Value, valuesOf } from './column.ts';
import { type EditedTable, fileKey, manifestKey } from './edited-tables.ts';
import { type ExportedTable, type Manifest, readManifest } from './manifest.ts';

/** All tables as of one moment. */
export interface Snapshot {
  readonly takenAt: Date;
  /** The newest migration of the database. */
  readonly migration: string;
  columnsOf(table: string): Promise<readonly Column[]>;
  rowsOf(table: string, columns: readonly Column[]): AsyncIterable<readonly TextRow[]>;
}

export type WithSnapshot = <R>(work: (snapshot: Snapshot) => Promise<R>) => Promise<R>;

/** Where exports lie. */
export interface ExportStore {
  put(key: string, body: string, options?: { readonly contentType?: string }): Promise<void>;
  /** Nothing stands under the key when the stream fails. */
  upload(key: string, body: AsyncIterable<Uint8Array>, options?: { readonly contentType?: string }): Promise<void>;
  /** Throws {@link NotFoundError}. */
  readText(key: string): Promise<string>;
}

/** Rows as the bytes of a file, in bounded memory. */
export type WriteFile = (
  columns: readonly TypedColumn[],
  batches: AsyncIterable<readonly (readonly Value[])[]>,
) => AsyncIterable<Uint8Array>;

export interface ExportPorts {
  readonly tables: readonly EditedTable[];
  readonly snapshot: WithSnapshot;
  readonly writeFile: WriteFile;
  readonly store: ExportStore;
}

/** What one export did. `exists`: the day had its export already. */
export interface Exported {
  readonly state: 'exported' | 'exists';
  readonly date: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes the edited tables as of one moment into the bucket, a Parquet file each, and last the manifest that makes them
 * an export. A day that has its manifest is left as it is: a slot that comes twice is one export.
 */
export async function exportTables(date: string, ports: ExportPorts): Promise<Exported> {
  const { tables, snapshot, store } = ports;
  const known = await existing(date, store);
  if (known) return summary('exists', known);
  const written = await snapshot(async (taken): Promise<Manifest> => {
    const files: ExportedTable[] = [];
    for (const { name } of tables) files.push(await exportTable(taken, { name, key: fileKey(name, date) }, ports));
    return { date, taken_at: taken.takenAt.toISOString(), migration: taken.migration, tables: files };
  });
  await store.put(manifestKey(date), JSON.stringify(written, null, 2), { contentType: 'application/json' });
  return summary('exported', written);
}

async function existing(date: string, store: ExportStore): Promise<Manifest | undefined> {
  try {
    return readManifest(await store.readText(manifestKey(date)));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

async function exportTable(
  taken: Snapshot,
  file: { readonly name: string; readonly key: string },
  { store, writeFile }: ExportPorts,
): Promise<ExportedTable> {
  const columns = await taken.columnsOf(file.name);
  const hash = createHash('sha256');
  const counts = { rows: 0, bytes: 0 };
  async function* counted(batches: AsyncIterable<readonly TextRow[]>) {
    for await (const batch of batches) {
      counts.rows += batch.length;
      yield valuesOf(columns, batch);
    }
  }
  async function* hashed(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      counts.bytes += chunk.length;
      yield chunk;
    }
  }
  const chunks = writeFile(typedColumns(columns), counted(taken.rowsOf(file.name, columns)));
  await store.upload(file.key, hashed(chunks), { contentType: 'application/vnd.apache.parquet' });
  return { ...file, ...counts, sha256: hash.digest('hex'), columns: [...columns] };
}

function summary(state: Exported['state'], { date, tables }: Manifest): Exported {
  const sum = (field: 'rows' | 'bytes') => tables.reduce((total, table) => total + table[field], 0);
  return { state, date, rows: sum('rows'), bytes: sum('bytes') };
}
