import { objectStore } from '#adapters/object-store.ts';
import { parquetChunks, parquetRows } from '#adapters/objects/parquet.ts';
import { removeOlderVersions } from '#adapters/objects/versions.ts';
import { behaviorColumns } from './columns.ts';
import type { FilePorts } from './write-files.ts';

/** The Parquet files of behaviour in the raw bucket. */
export function behaviorFilesIn(bucket: string): FilePorts['files'] {
  const store = objectStore(bucket);
  return {
    write: (key, rows) => store.upload(key, parquetChunks(behaviorColumns, rows)),
    async *read(key) {
      const bytes = Buffer.concat(await Array.fromAsync(await store.read(key)));
      const file = {
        byteLength: bytes.length,
        slice: (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
      };
      yield* parquetRows(file, behaviorColumns);
    },
    remove: (key) => store.remove(key),
    list: (prefix) => store.list(prefix),
    removeOlderVersions: (prefix) => removeOlderVersions(bucket, prefix),
  };
}
