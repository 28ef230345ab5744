import { objectStore } from '#adapters/object-store.ts';
import { parquetRows, wholeFile } from '#adapters/objects/parquet.ts';
import { ials } from '../models/ials.ts';
import type { Interaction } from '../models/model.ts';
import { pairColumns } from './job.ts';

/** `s3://bucket/key` */
function placeOf(uri: string): { readonly bucket: string; readonly key: string } {
  const { protocol, host: bucket, pathname } = new URL(uri);
  if (protocol !== 's3:' || bucket === '' || pathname.length < 2) throw new Error(`${uri} is no s3://bucket/key`);
  return { bucket, key: decodeURIComponent(pathname.slice(1)) };
}

/**
 * What train_als.py does on Spark, in one process: the local runtime runs it in the script's place, with the same arguments,
 * and the summary says so.
 */
async function trainAls(pairs: string, output: string, parameters: string): Promise<void> {
  const from = placeOf(pairs);
  const to = placeOf(output);
  const file = await wholeFile(await objectStore(from.bucket).read(from.key));
  const touched: Interaction[] = [];
  for await (const rows of parquetRows(file, pairColumns))
    for (const [user, item] of rows) touched.push({ user: String(user), item: String(item) });
  const { items, factors } = ials.fit(touched, [], ials.parameters.parse(JSON.parse(parameters)));
  if (!factors) throw new Error('A model of factors has factors');
  const { width, values } = factors;
  const bucket = objectStore(to.bucket);
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (const [place, item] of items.entries())
      yield Buffer.from(`${JSON.stringify([item, [...values.subarray(place * width, (place + 1) * width)]])}\n`);
  }
  await bucket.upload(`${to.key}/factors/part-00000`, lines());
  const summary = { engine: 'one process', version: process.version, items: items.length };
  await bucket.put(`${to.key}/summary/part-00000`, `${JSON.stringify(summary)}\n`);
}

if (import.meta.main) {
  const [pairs = '', output = '', parameters = ''] = process.argv.slice(2);
  await trainAls(pairs, output, parameters);
}
