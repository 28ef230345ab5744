import * as z from 'zod';
import type { Clock } from '#kit/clock.ts';
import { NotFoundError } from '#kit/errors.ts';
import { readJsonAs } from '#kit/text/json.ts';
import type { collectSparkInput, collectSparkOutput } from '../contract.ts';
import { objectKey } from '../files/file-row.ts';
import type { FileBook } from '../files/ports.ts';
import { sparkPrefix } from './contract.ts';

export interface CollectPorts {
  readonly book: Pick<FileBook, 'add' | 'complete' | 'find'>;
  /** Whose task it is. */
  readonly ownerOf: (taskId: string) => Promise<string | undefined>;
  readonly bucket: {
    list(prefix: string): AsyncIterable<string>;
    read(key: string): Promise<AsyncIterable<Uint8Array>>;
    readText(key: string): Promise<string>;
    upload(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  };
  readonly clock: Clock;
}

const summary = z.object({
  engine: z.enum(['spark', 'streamed']),
  version: z.string(),
  words: z.int().min(0),
  distinct: z.int().min(0),
});

// As long as a task's result is of use to those who wait for it.
const keepMs = 7 * 24 * 3_600_000;

/**
 * Makes one file of a job's many, owned by the task's user: a task opens nothing else, and a result of any size can be
 * fetched. Done twice, it is the same file.
 */
export async function collectResult(
  { task_id, run }: z.output<typeof collectSparkInput>,
  { book, ownerOf, bucket, clock }: CollectPorts,
): Promise<z.input<typeof collectSparkOutput>> {
  const folder = `${sparkPrefix}/${run}`;
  const username = await ownerOf(task_id);
  if (username === undefined) throw new NotFoundError(`There is no task ${task_id}`);
  const told = readJsonAs(summary, await textBelow(`${folder}/summary/part-`, bucket), 'The summary');
  const done = { ...told, file: `file:${run}` };
  if (await book.find(run)) return done;

  let size = 0;
  const sized = async function* () {
    for await (const piece of bytesBelow(`${folder}/counts/part-`, bucket)) {
      size += piece.length;
      yield piece;
    }
  };
  await bucket.upload(objectKey({ id: run }), sized());
  const at = clock();
  const expiresAt = new Date(at.getTime() + keepMs);
  const about = { name: 'counts.jsonl', contentType: 'application/jsonl', sha256: undefined, inParts: undefined };
  await book.add({ ...about, id: run, username, size, createdAt: at, expiresAt });
  await book.complete(run, { state: 'ready', at, expiresAt });
  return done;
}

async function textBelow(prefix: string, { list, readText }: CollectPorts['bucket']): Promise<string> {
  const keys = await Array.fromAsync(list(prefix));
  const texts = await Promise.all(keys.map((key) => readText(key)));
  return texts.join('');
}

async function* bytesBelow(prefix: string, { list, read }: CollectPorts['bucket']): AsyncGenerator<Uint8Array> {
  for await (const key of list(prefix)) yield* await read(key);
}
