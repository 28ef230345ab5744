import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TableModel } from '../../template/model.ts';
import { DuckChild, type DuckQuestion, type DuckRows } from './duck-child.ts';
import { injectedValues, partOf, placeOf } from './tables.ts';

/** Reads what a table's objects hold. */
export interface TableReader {
  list(bucket: string, prefix: string): AsyncIterable<{ readonly key: string; readonly size: number }>;
  /** Makes an object a file of this name. */
  bring(bucket: string, key: string, file: string): Promise<void>;
}

export interface Answer extends DuckRows {
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
  /** Where questions have their folders: where the objects are, so that nothing is copied. */
  readonly directory: string;
}

/** For callers beside all work groups. */
const own = new DuckChild();

/**
 * Answers one question with DuckDB, until a signal ends it. No extension can be fetched that reads S3, so the objects of
 * the tables that are named come into a folder of the question's own, which goes with it: nothing of them stays when an
 * object goes.
 */
export async function answer(
  { sql, tables, mostBytes, directory }: Question,
  reader: TableReader,
  {
    child = own,
    signal = new AbortController().signal,
  }: { readonly child?: DuckChild; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const folder = await mkdtemp(path.join(directory, 'question-'));
  try {
    const views: DuckQuestion['views'][number][] = [];
    let scannedBytes = 0;
    for (const table of tables.filter(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(sql))) {
      signal.throwIfAborted();
      const brought = await bring({ table, sql, folder, mostBytes: mostBytes - scannedBytes }, reader);
      scannedBytes += brought.bytes;
      views.push({ table, files: brought.files });
    }
    return { ...(await child.ask({ sql, folder, views }, signal)), scannedBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Bringing {
  readonly table: TableModel;
  readonly sql: string;
  readonly folder: string;
  readonly mostBytes: number;
}

/** Brings the objects that the question can mean. */
async function bring({ table, sql, folder, mostBytes }: Bringing, reader: TableReader) {
  const { bucket, prefix } = placeOf(table);
  const wanted = injectedValues(table, sql);
  const files: { file: string; partitions: readonly string[] }[] = [];
  let bytes = 0;
  for await (const { key, size } of reader.list(bucket, prefix)) {
    const part = partOf(table, prefix, key);
    if (!part || [...wanted].some(([index, values]) => !values.has(part.partitions[index] ?? ''))) continue;
    bytes += size;
    if (bytes > mostBytes) throw new ScanLimitError('Bytes scanned limit was exceeded');
    const file = path.join(folder, `${table.name}-${files.length}.parquet`);
    await reader.bring(bucket, key, file);
    files.push({ file, partitions: part.partitions });
  }
  return { files, bytes };
}
