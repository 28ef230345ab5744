import { objectStore } from '#adapters/object-store.ts';
import { WordCounter } from '#language/words/word-counter.ts';

/** What a job says of itself when it is done. */
interface Summary {
  readonly engine: 'spark' | 'streamed';
  readonly version: string;
  readonly words: number;
  readonly distinct: number;
}

/** `s3://bucket/key` */
function placeOf(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) throw new Error(`${uri} is no s3://bucket/key`);
  return { bucket, key };
}

/**
 * What word_count.py does on Spark, as a stream on one machine: the local runtime runs it in the script's place, with the
 * same arguments, and the summary says so.
 */
async function countWordsOf(text: string, output: string): Promise<void> {
  const from = placeOf(text);
  const to = placeOf(output);
  const counter = new WordCounter();
  for await (const piece of await objectStore(from.bucket).read(from.key)) counter.add(piece);
  const counts = Object.entries(counter.end());
  const bucket = objectStore(to.bucket);
  await bucket.upload(`${to.key}/counts/part-00000`, lines(counts));
  const words = counts.reduce((sum, [, count]) => sum + count, 0);
  const summary: Summary = { engine: 'streamed', version: process.version, words, distinct: counts.length };
  await bucket.put(`${to.key}/summary/part-00000`, `${JSON.stringify(summary)}\n`);
}

const linesAtOnce = 10_000;

async function* lines(counts: readonly (readonly [string, number])[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < counts.length; at += linesAtOnce) {
    const some = counts.slice(at, at + linesAtOnce);
    yield Buffer.from(some.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  }
}

if (import.meta.main) {
  const [text = '', output = ''] = process.argv.slice(2);
  await countWordsOf(text, output);
}
