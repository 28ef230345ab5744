import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

const MEGABYTE = 1_048_576;

/** So many megabytes of zero bytes. */
export function zeros(megabytes: number): Readable {
  const chunk = Buffer.alloc(64 * 1024);
  function* chunks() {
    for (let left = Math.floor(megabytes * MEGABYTE); left > 0; left -= chunk.byteLength) {
      yield chunk.subarray(0, left);
    }
  }

  return Readable.from(chunks(), { objectMode: false });
}

/**
 * So many megabytes packed to about a thousandth: zero bytes alone, or behind a file as lines of the digit 0, so that it
 * begins as it should. Gzip allows one packed part after the other (RFC 1952, section 2.2): ten gigabytes cost a few
 * milliseconds.
 */
export function bomb(megabytes: number, file?: Uint8Array): Readable {
  const line = `${'0'.repeat(1023)}\n`;
  const part = gzipSync(file ? line.repeat(MEGABYTE / line.length) : Buffer.alloc(MEGABYTE), { level: 9 });
  function* parts() {
    if (file) {
      yield gzipSync(file);
    }

    for (let left = Math.ceil(megabytes); left > 0; left -= 1) {
      yield part;
    }
  }

  return Readable.from(parts(), { objectMode: false });
}
