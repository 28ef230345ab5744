import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';

/** What the site hands out for one county: its length is known before the first byte. */
export interface SiteFile {
  readonly bytes: number;
  /** The bytes from the beginning, all of them or only the first so many. */
  read(first?: number): Readable;
}

/** A file of bytes that are in memory already. */
export function fileOfBytes(content: Uint8Array): SiteFile {
  return {
    bytes: content.byteLength,
    read: (first) => Readable.from([Buffer.from(content.subarray(0, first))], { objectMode: false }),
  };
}

/** A file that stays on the disk: never held in memory as a whole. */
export function fileOnDisk(path: string, bytes: number): SiteFile {
  return {
    bytes,
    read: (first = bytes) =>
      first === 0 ? Readable.from([]) : createReadStream(path, { end: Math.min(first, bytes) - 1 }),
  };
}
