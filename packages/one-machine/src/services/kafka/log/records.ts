import zlib from 'node:zlib';
import { compressionsAlgorithms, Reader } from '@platformatic/kafka';
import { at, batchAt, headerBytes } from './record-batch.ts';

/** Where a record is, and when it was made. */
export interface PlacedRecord {
  readonly offset: number;
  readonly timestamp: number;
}

const compression = 0x07;
// A batch of a megabyte may claim to be any size once it is unpacked.
const largestUnpacked = 256 * 1024 * 1024;

const unpack: Readonly<Record<number, (packed: Buffer) => Buffer>> = {
  0: (packed) => packed,
  1: (packed) => zlib.gunzipSync(packed, { maxOutputLength: largestUnpacked }),
  2: (packed) => compressionsAlgorithms.snappy.decompressSync(packed),
  3: (packed) => compressionsAlgorithms.lz4.decompressSync(packed),
  4: (packed) => zlib.zstdDecompressSync(packed, { maxOutputLength: largestUnpacked }),
};

/** The first record of a batch of that time or later. Throws for bytes that are not what their header says. */
export function firstRecordFrom(batch: Buffer, timestamp: number): PlacedRecord | undefined {
  const header = batchAt(batch, 0);
  if (!header) return undefined;
  const firstTimestamp = Number(batch.readBigInt64BE(at.firstTimestamp));
  const unpacked = unpack[batch.readInt16BE(at.attributes) & compression];
  if (!unpacked) throw new Error('The batch is packed in a way that nobody knows');
  const reader = Reader.from(unpacked(batch.subarray(headerBytes)));
  for (let index = 0; index < header.count; index += 1) {
    const length = reader.readVarInt();
    const next = reader.position + length;
    reader.readInt8();
    const made = firstTimestamp + Number(reader.readVarInt64());
    if (made >= timestamp) return { offset: header.baseOffset + reader.readVarInt(), timestamp: made };
    reader.position = next;
  }
  return undefined;
}
