import { createHash } from 'node:crypto';
import type { StoredChecksum } from './body.ts';
import { type ChecksumName, startChecksum } from './checksums.ts';

/** The ETag of bytes on their way, and their checksum of this name. */
export function startDigests(name: ChecksumName | undefined) {
  const md5 = createHash('md5');
  const checksum = name && startChecksum(name);
  return {
    async *of(bytes: AsyncIterable<Uint8Array>) {
      for await (const piece of bytes) {
        md5.update(piece);
        checksum?.update(piece);
        yield piece;
      }
    },
    finish(): { etag: string; checksum: StoredChecksum | undefined } {
      return { etag: md5.digest('hex'), checksum: name && checksum && { name, value: checksum.digest() } };
    },
  };
}
