/**
 * `uploading` -> `ready`, or by way of `verifying` where the content is read to compare its hash. `refused`: it isn't
 * what was announced. `expired`: its time was over. The last two have no content any more.
 */
export const fileStates = ['uploading', 'verifying', 'ready', 'refused', 'expired'] as const;

export type FileState = (typeof fileStates)[number];

/** What a caller announced. */
export interface Announced {
  readonly name: string;
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string | undefined;
}

/** An upload in parts: S3's id of it, and the bytes of each part but the last. */
export interface InParts {
  readonly uploadId: string;
  readonly partBytes: number;
}

/** A file of a caller. */
export interface FileRow extends Announced {
  readonly id: string;
  readonly username: string;
  readonly state: FileState;
  readonly reason: string | undefined;
  /** `undefined`: in one piece. */
  readonly inParts: InParts | undefined;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
  readonly expiresAt: Date;
}

/** The key of its content. Of the id alone: a user's name for a file leads nowhere. */
export function objectKey({ id }: Pick<FileRow, 'id'>): string {
  return `files/${id}`;
}
