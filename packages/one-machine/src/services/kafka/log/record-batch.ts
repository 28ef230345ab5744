import { crc32c } from '../wire/crc32c.ts';
import { type ErrorCode, errors } from '../wire/errors.ts';

/** What the broker reads of a batch; the records stay as they came, compressed or not. */
export interface BatchHeader {
  /** Of the whole batch, header included. */
  readonly bytes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly count: number;
}

// Source: kafka.apache.org/documentation, "Record Batch". Offsets of its fields.
export const at = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
};

/** Bytes before the first record. */
export const headerBytes = 61;
// The length field counts what follows it.
const beforeLength = 12;
const transactional = 0x10;
const control = 0x20;

/** The batch that starts there; `undefined` when less than all of it is there, or what is there is none. */
export function batchAt(bytes: Buffer, start: number): BatchHeader | undefined {
  if (start + headerBytes > bytes.length) return undefined;
  const length = beforeLength + bytes.readInt32BE(start + at.length);
  if (length < headerBytes || bytes.readInt8(start + at.magic) !== 2) return undefined;
  const baseOffset = Number(bytes.readBigInt64BE(start + at.baseOffset));
  return {
    bytes: length,
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(start + at.lastOffsetDelta),
    maxTimestamp: Number(bytes.readBigInt64BE(start + at.maxTimestamp)),
    producerId: Number(bytes.readBigInt64BE(start + at.producerId)),
    producerEpoch: bytes.readInt16BE(start + at.producerEpoch),
    baseSequence: bytes.readInt32BE(start + at.baseSequence),
    count: bytes.readInt32BE(start + at.count),
  };
}

/** Whether the checksum holds; it covers everything after itself, and so neither offset nor leader epoch. */
export function intact(batch: Buffer): boolean {
  return crc32c(batch.subarray(at.attributes)) === batch.readUInt32BE(at.crc);
}

/** What is wrong with bytes a producer sent, or the batches in them. */
export function splitBatches(bytes: Buffer, largest: number): { error: ErrorCode } | { batches: readonly Buffer[] } {
  const batches: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    if (bytes.length - start > at.magic && bytes.readInt8(start + at.magic) < 2)
      return { error: errors.unsupportedForMessageFormat };
    const header = batchAt(bytes, start);
    if (!header || start + header.bytes > bytes.length) return { error: errors.corruptMessage };
    if (header.bytes > largest) return { error: errors.messageTooLarge };
    const batch = bytes.subarray(start, start + header.bytes);
    if (!intact(batch)) return { error: errors.corruptMessage };
    const kind = batch.readInt16BE(at.attributes);
    if ((kind & (transactional | control)) !== 0) return { error: errors.invalidRecord };
    if (header.count < 1 || header.lastOffset - header.baseOffset !== header.count - 1)
      return { error: errors.invalidRecord };
    batches.push(batch);
    start += header.bytes;
  }
  return batches.length > 0 ? { batches } : { error: errors.corruptMessage };
}

/** Gives a batch its place in the log, in its own bytes. */
export function place(batch: Buffer, baseOffset: number): void {
  batch.writeBigInt64BE(BigInt(baseOffset), at.baseOffset);
  batch.writeInt32BE(0, at.leaderEpoch);
}
