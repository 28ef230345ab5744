import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { type BatchHeader, batchAt, headerBytes, intact } from './record-batch.ts';
import { firstRecordFrom, type PlacedRecord } from './records.ts';

/** A batch every so many bytes: the first of its offsets, where it starts, and the latest time up to it. */
export type IndexEntry = readonly [offset: number, position: number, timestamp: number];

// A read walks this far over headers at most; a 64 MB segment has 4096 entries.
const indexEveryBytes = 16 * 1024;
const scannedAtOnce = 4 * 1024 * 1024;
const flushFile = promisify(fdatasync);

/** One file of a partition's log: batches one after the other. */
export class Segment {
  readonly baseOffset: number;
  readonly file: string;
  readonly #descriptor: number;
  #index: IndexEntry[] = [];
  #flushed = true;
  #flushing: Promise<void> | undefined;
  size = 0;
  nextOffset: number;
  maxTimestamp = -1;

  constructor(file: string, baseOffset: number) {
    this.file = file;
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
    this.#descriptor = openSync(file, 'a+');
  }

  get index(): readonly IndexEntry[] {
    return this.#index;
  }

  /** Takes what a finished segment's note says instead of reading all of it. `false` when the file isn't of that size. */
  trust(note: {
    readonly size: number;
    readonly nextOffset: number;
    readonly maxTimestamp: number;
    readonly index: IndexEntry[];
  }): boolean {
    if (fstatSync(this.#descriptor).size !== note.size) return false;
    this.size = note.size;
    this.nextOffset = note.nextOffset;
    this.maxTimestamp = note.maxTimestamp;
    this.#index = note.index;
    return true;
  }

  /**
   * Reads the whole file, batch by batch, and cuts it after the last one that is whole: what a killed process was
   * writing was never acknowledged. Returns how many bytes went.
   */
  recover(each: (batch: BatchHeader) => void): number {
    const there = fstatSync(this.#descriptor).size;
    for (let from = 0, length = scannedAtOnce; from < there; ) {
      const bytes = this.#read(from, Math.min(length, there - from));
      const used = this.#scan(bytes, each);
      from += used;
      if (used > 0) length = scannedAtOnce;
      // Not one whole batch: either it is larger than what was read, or it is the torn end.
      else if (from + bytes.length < there) length *= 2;
      else break;
    }
    if (there > this.size) ftruncateSync(this.#descriptor, this.size);
    return there - this.size;
  }

  #scan(bytes: Buffer, each: (batch: BatchHeader) => void): number {
    let at = 0;
    for (;;) {
      const header = batchAt(bytes, at);
      if (!header || at + header.bytes > bytes.length || header.baseOffset < this.nextOffset) return at;
      if (!intact(bytes.subarray(at, at + header.bytes))) return at;
      this.#note(header);
      each(header);
      at += header.bytes;
    }
  }

  /** Hands the batch to the system; on disk it is after {@link flush}. Throws when the disk is full. */
  append(batch: Buffer, header: BatchHeader): void {
    try {
      for (let written = 0; written < batch.length; ) written += writeSync(this.#descriptor, batch, written);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.size);
      throw error;
    }
    this.#flushed = false;
    this.#note(header);
  }

  /** Whole batches from the one that holds the offset, within the bound; the first one even above it. */
  read(offset: number, maxBytes: number): Buffer {
    const from = this.#positionBefore(([base]) => base <= offset);
    const bytes = this.#read(from, Math.min(this.size - from, maxBytes + indexEveryBytes));
    let start = 0;
    let header = batchAt(bytes, start);
    while (header && header.lastOffset < offset) {
      start += header.bytes;
      header = batchAt(bytes, start);
    }
    const first = header ?? batchAt(this.#read(from + start, headerBytes), 0);
    if (!first) return Buffer.alloc(0);
    if (start + first.bytes > bytes.length || first.bytes > maxBytes) return this.#read(from + start, first.bytes);
    let end = start;
    for (let next = header; next && end + next.bytes <= bytes.length && end + next.bytes - start <= maxBytes; ) {
      end += next.bytes;
      next = batchAt(bytes, end);
    }
    return bytes.subarray(start, end);
  }

  /** The first record of that time or later. Throws for a batch that can't be looked into. */
  firstFrom(timestamp: number): PlacedRecord | undefined {
    // An entry holds the latest time up to its batch, so the one looked for comes after the last that is too early.
    for (let position = this.#positionBefore(([, , latest]) => latest < timestamp); position < this.size; ) {
      const header = batchAt(this.#read(position, headerBytes), 0);
      if (!header) return undefined;
      const mayHave = header.maxTimestamp >= timestamp;
      const found = mayHave ? firstRecordFrom(this.#read(position, header.bytes), timestamp) : undefined;
      if (found) return found;
      position += header.bytes;
    }
    return undefined;
  }

  /** Until this resolves an acknowledged batch may be lost with the machine, though not with the process. */
  async flush(): Promise<void> {
    if (this.#flushed) return;
    this.#flushed = true;
    this.#flushing = flushFile(this.#descriptor);
    try {
      await this.#flushing;
    } catch (error) {
      this.#flushed = false;
      throw error;
    } finally {
      this.#flushing = undefined;
    }
  }

  close(): void {
    if (!this.#flushed || this.#flushing) fdatasyncSync(this.#descriptor);
    this.#release();
  }

  remove(): void {
    this.#release();
    rmSync(this.file);
  }

  /** Not under a flush that is under way: the number of a closed file is soon another file's. */
  #release(): void {
    // Nor is there anything to flush from now on.
    this.#flushed = true;
    const release = () => closeSync(this.#descriptor);
    if (this.#flushing) void this.#flushing.then(release, release);
    else release();
  }

  #note(header: BatchHeader): void {
    this.maxTimestamp = Math.max(this.maxTimestamp, header.maxTimestamp);
    const last = this.#index.at(-1);
    if (!last || this.size - last[1] >= indexEveryBytes)
      this.#index.push([header.baseOffset, this.size, this.maxTimestamp]);
    this.size += header.bytes;
    this.nextOffset = header.lastOffset + 1;
  }

  /** Entries are ordered, so those that fulfil the condition come first: where the last of them starts. */
  #positionBefore(fulfils: (entry: IndexEntry) => boolean): number {
    let low = 0;
    let high = this.#index.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#index[middle];
      if (entry && fulfils(entry)) low = middle + 1;
      else high = middle;
    }
    return this.#index[low - 1]?.[1] ?? 0;
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(length, 0));
    let read = 0;
    while (read < length) {
      const got = readSync(this.#descriptor, bytes, read, length - read, position + read);
      if (got === 0) break;
      read += got;
    }
    return bytes.subarray(0, read);
  }
}
