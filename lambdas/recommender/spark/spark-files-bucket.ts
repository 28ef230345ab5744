import { objectStore } from '#adapters/object-store.ts';
import { parquetChunks } from '#adapters/objects/parquet.ts';
import { removeOlderVersions } from '#adapters/objects/versions.ts';
import { outputFolder, pairColumns, pairsKey, sparkFolder } from './job.ts';
import type { SparkFiles } from './outgrown.ts';

/** What goes to a job and comes from it, in the raw bucket. */
export function sparkFilesIn(bucket: string): SparkFiles {
  const store = objectStore(bucket);
  return {
    write: (run, pairs) => store.upload(pairsKey(run), parquetChunks(pairColumns, pairs)),
    async *factors(run) {
      for await (const key of store.list(`${outputFolder(run)}/factors/part-`)) yield* linesOf(await store.read(key));
    },
    async remove(run) {
      for await (const key of store.list(`${sparkFolder}/${run}/`)) await store.remove(key);
      await removeOlderVersions(bucket, `${sparkFolder}/${run}/`);
    },
  };
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
