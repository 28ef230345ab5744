import type { Clock } from '#kit/clock.ts';
import { type FileRow, objectKey } from './file-row.ts';
import type { FileBook, Uploads } from './ports.ts';

export interface SweepPorts {
  readonly book: FileBook;
  readonly uploads: Pick<Uploads, 'abort' | 'remove'>;
  readonly clock: Clock;
}

// A look that finds more is followed by the next one.
const mostAtOnce = 500;

/**
 * Gives up uploads that weren't completed in time, and removes files whose days are over. The bucket first: what fails
 * in between is found again. Returns how many it settled.
 */
export async function sweepFiles({ book, uploads, clock }: SweepPorts): Promise<number> {
  const overdue = await book.overdue(clock(), mostAtOnce);
  for (const file of overdue) {
    if (file.inParts && file.state === 'uploading') await uploads.abort(objectKey(file), file.inParts.uploadId);
    await uploads.remove(objectKey(file));
    await book.giveUp(file.id, { state: 'expired', reason: reasonOf(file) });
  }
  return overdue.length;
}

function reasonOf({ state, expiresAt }: FileRow): string {
  const by = expiresAt.toISOString();
  return state === 'uploading' ? `Its upload was not complete by ${by}.` : `It was kept until ${by}.`;
}
