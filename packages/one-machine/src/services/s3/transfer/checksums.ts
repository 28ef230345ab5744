import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A checksum fed piece by piece; the digest is base64 as S3's headers carry it. */
export interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): string;
}

const makers = {
  crc32: () => crc(4, (value, bytes) => BigInt(crc32(bytes, Number(value)))),
  crc32c: () => crc(4, (value, bytes) => BigInt(crc32c(Number(value), bytes))),
  crc64nvme: () => crc(8, crc64),
  sha1: () => hash('sha1'),
  sha256: () => hash('sha256'),
  sha512: () => hash('sha512'),
  md5: () => hash('md5'),
} satisfies Record<string, () => Checksum>;

/** The algorithms of `x-amz-checksum-*`. */
export type ChecksumName = keyof typeof makers;

/** Every name, in the order in which headers are looked at. */
export const checksumNames = Object.keys(makers) as ChecksumName[];

/** Starts a checksum. */
export function startChecksum(name: ChecksumName): Checksum {
  return makers[name]();
}

function hash(algorithm: string): Checksum {
  const state = createHash(algorithm);
  return { update: (bytes) => void state.update(bytes), digest: () => state.digest('base64') };
}

function crc(size: 4 | 8, next: (value: bigint, bytes: Uint8Array) => bigint): Checksum {
  let value = 0n;
  return {
    update(bytes) {
      value = next(value, bytes);
    },
    digest() {
      const buffer = Buffer.alloc(8);
      buffer.writeBigUInt64BE(value);
      return buffer.subarray(8 - size).toString('base64');
    },
  };
}

// Castagnoli's polynomial, reflected; zlib only knows the other one.
const crc32cTable = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0x82f63b78 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32c(start: number, bytes: Uint8Array): number {
  let value = ~start;
  for (const byte of bytes) value = (crc32cTable[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}

// The polynomial of the AWS command line's default; two 32-bit halves, as BigInt per byte would be 50 times slower.
const crc64Table = Array.from({ length: 256 }, (_, start) => {
  let value = BigInt(start);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? 0x9a6c9329ac4bc9b5n ^ (value >> 1n) : value >> 1n;
  return value;
});
const crc64High = Uint32Array.from(crc64Table, (value) => Number(value >> 32n));
const crc64Low = Uint32Array.from(crc64Table, (value) => Number(value & 0xffffffffn));

function crc64(start: bigint, bytes: Uint8Array): bigint {
  let high = ~Number(start >> 32n);
  let low = ~Number(start & 0xffffffffn);
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] ?? 0);
    high = (high >>> 8) ^ (crc64High[index] ?? 0);
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}
