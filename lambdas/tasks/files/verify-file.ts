import { createSHA256 } from 'hash-wasm';
import type { Clock } from '#kit/clock.ts';
import { type FileRow, objectKey } from './file-row.ts';
import type { FileBook, Uploads } from './ports.ts';

export interface VerifyPorts {
  readonly book: FileBook;
  readonly uploads: Pick<Uploads, 'remove'>;
  /** The bytes of an object from the one numbered `from` on. */
  readonly read: (key: string, from: number) => Promise<AsyncIterable<Uint8Array>>;
  readonly clock: Clock;
  readonly turnSeconds: number;
}

/**
 * One turn of reading a file for its hash: `more` when the turn is over before the file is. The hash's own state is kept
 * with the row, so a file of any size is read once, whatever a function may take.
 */
export async function verifyFile(id: string, ports: VerifyPorts): Promise<'more' | 'ended'> {
  const file = await ports.book.find(id);
  if (file?.state !== 'verifying') return 'ended';
  const digest = await hashFurther(file, ports);
  if (digest === undefined) return 'more';
  if (digest === file.sha256) await ports.book.verified(id);
  else {
    await ports.book.giveUp(id, {
      state: 'refused',
      reason: `Its SHA-256 is ${digest}; ${file.sha256} was announced.`,
    });
    await ports.uploads.remove(objectKey(file));
  }
  return 'ended';
}

/** The hash, or `undefined` at the end of the turn. */
async function hashFurther(
  file: FileRow,
  { book, read, clock, turnSeconds }: VerifyPorts,
): Promise<string | undefined> {
  const until = clock().getTime() + turnSeconds * 1000;
  const progress = await book.hashProgress(file.id);
  const hash = await createSHA256();
  hash.init();
  if (progress.state) hash.load(progress.state);
  let { bytes } = progress;
  if (bytes < file.size) {
    for await (const chunk of await read(objectKey(file), bytes)) {
      hash.update(chunk);
      bytes += chunk.length;
      if (clock().getTime() < until || bytes === file.size) continue;
      await book.keepHash(file.id, { bytes, state: hash.save() });
      return undefined;
    }
  }
  return hash.digest('hex');
}
