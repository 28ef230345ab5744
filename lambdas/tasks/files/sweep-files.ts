import type { Clock } from '#kit/clock.ts';
import { type FileRow, objectKey } from './file-row.ts';
import type { FileBook, Uploads } from './ports.ts';

export interface SweepPorts {
  readonly book: Pick<FileBook, 'overdue' | 'giveUp' | 'forget'>;
  readonly uploads: Pick<Uploads, 'abort' | 'remove'>;
  readonly clock: Clock;
  /** How long a file that is gone is remembered. */
  readonly keepDays: number;
}

// A look that finds more is followed by the next one.
const mostAtOnce = 500;

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Gives up uploads that weren't completed in time, removes files whose days are over, and forgets those that have been gone
 * for long. The bucket first: what fails in between is found again. Returns how many it settled and forgot.
 */
export async function sweepFiles({ book, uploads, clock, keepDays }: SweepPorts) {
  const overdue = await book.overdue(clock(), mostAtOnce);
  for (const file of overdue) {
    if (file.inParts && file.state === 'uploading') await uploads.abort(objectKey(file), file.inParts.uploadId);
    await uploads.remove(objectKey(file));
    await book.giveUp(file.id, { state: 'expired', reason: reasonOf(file) });
  }
  return { expired: overdue.length, forgotten: await book.forget(new Date(clock().getTime() - keepDays * dayMs)) };
}

function reasonOf({ state, expiresAt }: FileRow): string {
  const by = expiresAt.toISOString();
  return state === 'uploading' ? `Its upload was not complete by ${by}.` : `It was kept until ${by}.`;
}
