import { objectStore } from '#adapters/object-store.ts';
import { parquetChunks, parquetRows, wholeFile } from '#adapters/objects/parquet.ts';
import { removeOlderVersions } from '#adapters/objects/versions.ts';
import { columnsOf } from './columns.ts';
import type { FilePorts } from './write-files.ts';

/** The Parquet files of tenants in the raw bucket. */
export function behaviorFilesIn(bucket: string): FilePorts['files'] {
  const store = objectStore(bucket);
  return {
    write: (key, rows) => store.upload(key, parquetChunks(columnsOf(key), rows)),
    async *read(key) {
      yield* parquetRows(await wholeFile(await store.read(key)), columnsOf(key));
    },
    exists: (key) => store.exists(key),
    remove: (key) => store.remove(key),
    list: (prefix) => store.list(prefix),
    removeOlderVersions: (prefix) => removeOlderVersions(bucket, prefix),
  };
}
