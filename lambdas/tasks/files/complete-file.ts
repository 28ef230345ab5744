import type { Clock } from '#kit/clock.ts';
import { ConflictError, InvalidInputError } from '#kit/errors.ts';
import type { FileLimits } from './create-file.ts';
import { type FileRow, objectKey } from './file-row.ts';
import { partCount } from './plan-upload.ts';
import type { FileBook, ObjectFacts, Uploads } from './ports.ts';

/** A part as its uploader knows it. */
export interface SentPart {
  readonly number: number;
  readonly etag: string;
}

export interface CompletePorts {
  readonly book: FileBook;
  readonly uploads: Uploads;
  /** Has a file read for its hash; twice is harmless. */
  readonly verify: (id: string) => Promise<void>;
  readonly limits: FileLimits;
  readonly clock: Clock;
}

const dayMs = 24 * 3_600_000;

/**
 * Ends an upload: the size must be the announced one, and so must the hash. S3 has compared that of a file in one piece
 * while it came; of one in parts it knows none, so the file is read once more before it counts.
 */
export async function completeFile(
  file: FileRow,
  parts: readonly SentPart[] | undefined,
  ports: CompletePorts,
): Promise<void> {
  if (file.state === 'refused' || file.state === 'expired')
    throw new ConflictError(`The file is ${file.state}: ${file.reason}`);
  if (file.state === 'uploading') await settle(file, parts, ports);
  // Again for a file whose start was lost after its row was written.
  else if (file.state === 'verifying') await ports.verify(file.id);
}

async function settle(file: FileRow, parts: readonly SentPart[] | undefined, ports: CompletePorts): Promise<void> {
  const { book, limits, clock } = ports;
  const found = await wholeObject(file, parts, ports.uploads);
  if (found.bytes !== file.size) {
    const reason = `It has ${found.bytes} bytes; ${file.size} were announced.`;
    await book.giveUp(file.id, { state: 'refused', reason });
    await ports.uploads.remove(objectKey(file));
    throw new ConflictError(`The file is refused: ${reason}`);
  }
  const at = clock();
  const state = file.sha256 === undefined || file.sha256 === found.sha256 ? 'ready' : 'verifying';
  const expiresAt = new Date(at.getTime() + limits.keepDays * dayMs);
  const settled = await book.complete(file.id, { state, at, expiresAt });
  if (settled && state === 'verifying') await ports.verify(file.id);
}

/** The object, made of its parts where it isn't yet: a completion whose answer was lost may come again. */
async function wholeObject(
  file: FileRow,
  parts: readonly SentPart[] | undefined,
  uploads: Uploads,
): Promise<ObjectFacts> {
  const key = objectKey(file);
  const there = await uploads.facts(key);
  if (there) return there;
  if (file.inParts) {
    const { uploadId, partBytes } = file.inParts;
    const count = partCount(file.size, partBytes);
    const sent = parts ?? (await receivedParts(key, { uploadId, count }, uploads));
    await uploads.complete(key, uploadId, eachOnce(sent, count));
  }
  const made = await uploads.facts(key);
  if (!made) throw new ConflictError('Nothing was uploaded yet.');
  return made;
}

// S3 lists so many at once.
const page = 1000;

/** What the bucket has received, where the caller leaves it to the bucket to know. */
async function receivedParts(
  key: string,
  { uploadId, count }: { readonly uploadId: string; readonly count: number },
  uploads: Uploads,
): Promise<readonly SentPart[]> {
  const received: SentPart[] = [];
  for (let from = 1; from <= count; from += page)
    received.push(...(await uploads.received(key, uploadId, { from, count: page })));
  return received;
}

/** All parts in order. S3 would make a whole of fewer, whose size then refuses it, and all that was uploaded is gone. */
function eachOnce(sent: readonly SentPart[], count: number): readonly SentPart[] {
  const numbers = new Set(sent.map(({ number }) => number));
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !numbers.has(number));
  if (missing.length > 0)
    throw new ConflictError(`${missing.length} of ${count} parts are missing: ${missing.slice(0, 20).join(', ')}`);
  if (sent.length > count)
    throw new InvalidInputError({ json: { parts: [`should name each of the ${count} parts once.`] } });
  return sent.toSorted((one, other) => one.number - other.number);
}
