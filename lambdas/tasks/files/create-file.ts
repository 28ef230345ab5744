import { randomUUID } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { type Announced, type FileRow, objectKey } from './file-row.ts';
import { largestSingleBytes, partBytesFor } from './plan-upload.ts';
import type { FileBook, Uploads } from './ports.ts';

/** What an environment lets files be. */
export interface FileLimits {
  readonly maxBytes: number;
  /** How long an upload may take. */
  readonly unfinishedHours: number;
  /** How long a file stays. */
  readonly keepDays: number;
}

export interface CreatePorts {
  readonly book: FileBook;
  readonly uploads: Uploads;
  readonly limits: FileLimits;
  readonly clock: Clock;
}

const hourMs = 3_600_000;

/**
 * Makes room for a file: its row, and where it is large the upload in parts. A row that fails after S3 has begun leaves
 * an upload without parts, which the bucket's rule removes.
 */
export async function createFile(
  username: string,
  announced: Announced,
  { book, uploads, limits, clock }: CreatePorts,
): Promise<FileRow> {
  if (announced.size > limits.maxBytes)
    throw new InvalidInputError({
      json: { size: [`Not above ${limits.maxBytes} bytes, the most that a file has here.`] },
    });
  const id = randomUUID();
  const createdAt = clock();
  const file = {
    ...announced,
    ...{ id, username, createdAt },
    expiresAt: new Date(createdAt.getTime() + limits.unfinishedHours * hourMs),
    inParts:
      announced.size > largestSingleBytes
        ? {
            uploadId: await uploads.begin(objectKey({ id }), announced.contentType),
            partBytes: partBytesFor(announced.size),
          }
        : undefined,
  };
  await book.add(file);
  return { ...file, state: 'uploading', reason: undefined, completedAt: undefined };
}
