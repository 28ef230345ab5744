import type * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import type { NewFailure } from '#kit/ledger/failure.ts';
import { logger } from '#kit/telemetry.ts';
import type { correctedFileEvent } from '../contract.ts';
import type { RawFiles, ReadProblems } from '../ports.ts';
import { placeOfCorrected, problemsKey } from '../publication/keys.ts';
import { linesNamed, matchProblems, readCorrectedFile } from './corrected-file.ts';
import type { CorrectedRow, CorrectionBook, ProblemPlace } from './ports.ts';
import { problemsDocument } from './problems-document.ts';
import { RefusedFileError } from './refused-file.ts';

export interface CorrectionPorts {
  readonly corrections: CorrectionBook;
  readonly problems: ReadProblems;
  readonly raw: Pick<RawFiles, 'upload'>;
}

/** What the door of corrected files works with. */
export interface CorrectedFilePorts extends CorrectionPorts {
  readonly raw: Pick<RawFiles, 'upload' | 'read'>;
  readonly bucket: string;
  /** Which failure this version of the file replays. */
  readonly replayedBy: (object: Dropped) => Promise<number | undefined>;
  /** Into the failure ledger; resolves when it is durable. */
  readonly record: (failure: NewFailure) => Promise<unknown>;
}

type Dropped = z.output<typeof correctedFileEvent>['detail']['object'];

// Twice what the largest county has when every row of its season's file is a problem.
const largestFileBytes = 20 * 1024 * 1024;

/**
 * The door of corrected files. One that can't be taken is written into the failure ledger with its reason: no further
 * try mends it, a person does. Whatever else fails comes again.
 */
export async function loadCorrections(
  { detail: { object } }: z.output<typeof correctedFileEvent>,
  ports: CorrectedFilePorts,
): Promise<readonly CorrectedRow[]> {
  // S3's console makes a folder by putting an empty object of its name: that is no corrected file.
  if (object.key.endsWith('/')) return [];
  const text = await readText(object, ports);
  try {
    if (text === undefined) {
      throw new RefusedFileError('TooLarge', `The corrected file is larger than ${largestFileBytes / 1024 ** 2} MB`);
    }
    return await takeFile(object, text, ports);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const replayOf = await ports.replayedBy(object);
    await ports.record(refusedFile(object, { text, error, bucket: ports.bucket, replayOf }));
    logger().warn('A corrected file is refused', { key: object.key, reason: error.name, why: error.message });
    return [];
  }
}

/** Loads the rows of a corrected file. The same version of it twice is one correction. Throws RefusedFileError. */
async function takeFile(object: Dropped, text: string, ports: CorrectedFilePorts): Promise<readonly CorrectedRow[]> {
  const place = placeOfCorrected(object.key);
  if (!place) {
    const reason = `${object.key} is not presale/corrected/{publication date}/{letter}.json`;
    throw new RefusedFileError('WrongKey', reason);
  }
  const records = readCorrectedFile(text, place);
  const author = { who: `file:${object.key}`, source: `${object.key}@${object.etag}` };
  const wanted = { ...place, lines: linesNamed(records) };
  const rows = await ports.corrections.correct(wanted, author, (problems) => matchProblems(records, problems));
  // Replays of rows as they were change nothing, and there may be thousands.
  if (rows.some(({ state }) => state !== 'unchanged')) await writeProblems(place, ports);
  const number = (state: CorrectedRow['state']) => rows.filter((row) => row.state === state).length;
  const counts = { loaded: number('loaded'), keptNewer: number('kept-newer'), problems: number('problem') };
  logger().info('A corrected file is loaded', { key: object.key, ...counts });
  return rows;
}

const contentType = 'application/json; charset=utf-8';

/** What is still wrong goes back to the person, in the place where problem rows are. */
export async function writeProblems(
  place: ProblemPlace,
  { corrections, problems, raw }: CorrectionPorts,
): Promise<void> {
  const { publicationDate, letter } = place;
  await problems(await corrections.runName(place), letter, (rows) =>
    raw.upload(problemsKey(publicationDate, letter), problemsDocument(letter, rows), { contentType }),
  );
}

/** `undefined` for a file that is too large to be one of ours. */
async function readText({ key }: Dropped, { raw }: CorrectedFilePorts): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of await raw.read(key)) {
    bytes += chunk.byteLength;
    if (bytes > largestFileBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Its door is its own key: a replay with another input puts a better file there. */
function refusedFile(
  { key, etag }: Dropped,
  {
    text,
    error,
    bucket,
    replayOf,
  }: {
    readonly text: string | undefined;
    readonly error: PermanentError;
    readonly bucket: string;
    readonly replayOf: number | undefined;
  },
): NewFailure {
  return {
    // The same bytes again have the same ETag: a replay that fails again is a failure of its own.
    naturalKey: `corrected-file:${key}@${etag}${replayOf === undefined ? '' : `:after-${replayOf}`}`,
    workload: 'presale',
    sourceKind: 'file',
    sourceName: 'corrected-files',
    // One that is too large isn't kept twice: it stays where it was dropped.
    door: text === undefined ? undefined : `s3://${bucket}/${key}`,
    reason: error.name,
    message: `${key}: ${error.message}`,
    stack: error.stack,
    input: text ?? JSON.stringify({ object: `s3://${bucket}/${key}`, etag }),
    attributes: {},
    occurredAt: new Date(),
    attempts: undefined,
    replayOf,
  };
}
