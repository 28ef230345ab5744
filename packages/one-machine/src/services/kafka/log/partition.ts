import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ErrorCode, errors } from '../wire/errors.ts';
import { Producers, type ProducersSnapshot } from './producers.ts';
import { type BatchHeader, batchAt, place, splitBatches } from './record-batch.ts';
import type { PlacedRecord } from './records.ts';
import { type IndexEntry, Segment } from './segment.ts';

/** How a topic's partitions keep what they get; Kafka's own settings of these names. */
export interface Keeping {
  readonly segmentBytes: number;
  /** -1 keeps for ever. */
  readonly retentionMs: number;
  /** Of one partition; -1 sets no bound. */
  readonly retentionBytes: number;
  readonly maxMessageBytes: number;
}

/** Where the batches went, or why they didn't. */
export type Appended =
  | { readonly error: typeof errors.none; readonly baseOffset: number }
  | { readonly error: Exclude<ErrorCode, 0> };

interface Note {
  readonly size: number;
  readonly nextOffset: number;
  readonly maxTimestamp: number;
  readonly index: IndexEntry[];
  readonly producers: ProducersSnapshot;
}

/** One partition's log: a row of segments of which the last is written. */
export class Partition {
  /** Bytes of a torn end that the last start cut off. */
  readonly cutBytes: number;
  readonly #directory: string;
  readonly #segments: Segment[];
  readonly #listeners = new Set<() => void>();
  #producers = new Producers();
  readonly #keeping: Keeping;

  constructor(directory: string, keeping: Keeping) {
    this.#directory = directory;
    this.#keeping = keeping;
    mkdirSync(directory, { recursive: true });
    const bases = readdirSync(directory)
      .filter((name) => name.endsWith('.log'))
      .map((name) => Number.parseInt(name, 10))
      .sort((one, other) => one - other);
    this.#segments = bases.map((base) => new Segment(this.#file(base, 'log'), base));
    if (this.#segments.length === 0) this.#segments.push(new Segment(this.#file(0, 'log'), 0));
    this.cutBytes = this.#segments.reduce((cut, segment) => cut + this.#open(segment), 0);
  }

  get startOffset(): number {
    return this.#segments[0]?.baseOffset ?? 0;
  }

  get endOffset(): number {
    return this.#last().nextOffset;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Checks and writes what a producer sent; all of it or, at the first fault, no more of it. */
  append(bytes: Buffer): Appended {
    const split = splitBatches(bytes, this.#keeping.maxMessageBytes);
    if ('error' in split) return { error: split.error as Exclude<ErrorCode, 0> };
    let baseOffset: number | undefined;
    for (const batch of split.batches) {
      const appended = this.#appendOne(batch);
      if (appended.error !== errors.none) return appended;
      baseOffset ??= appended.baseOffset;
    }
    for (const listener of this.#listeners) listener();
    return { error: errors.none, baseOffset: baseOffset ?? this.endOffset };
  }

  #appendOne(batch: Buffer): Appended {
    const sent = batchAt(batch, 0);
    if (!sent) return { error: errors.corruptMessage };
    const verdict = this.#producers.judge(sent);
    if (verdict.kind === 'repeat') return { error: errors.none, baseOffset: verdict.offset };
    if (verdict.kind === 'refused') return { error: verdict.error as Exclude<ErrorCode, 0> };
    if (this.#last().size > 0 && this.#last().size + batch.length > this.#keeping.segmentBytes) this.#roll();
    const baseOffset = this.endOffset;
    place(batch, baseOffset);
    const placed: BatchHeader = { ...sent, baseOffset, lastOffset: baseOffset + sent.count - 1 };
    try {
      this.#last().append(batch, placed);
    } catch {
      // The disk is full or gone: the producer is told and tries again.
      return { error: errors.storage };
    }
    this.#producers.remember(placed);
    return { error: errors.none, baseOffset };
  }

  /** Whole batches from the offset on; `undefined` when it is before the first or after the last. */
  read(offset: number, maxBytes: number): Buffer | undefined {
    if (offset < this.startOffset || offset > this.endOffset) return undefined;
    if (offset === this.endOffset) return Buffer.alloc(0);
    const segment = this.#segments.findLast(({ baseOffset }) => baseOffset <= offset);
    return segment?.read(offset, maxBytes);
  }

  /** The first record of that time or later. Throws for a batch that can't be looked into. */
  firstFrom(timestamp: number): PlacedRecord | undefined {
    for (const segment of this.#segments) {
      const found = segment.maxTimestamp >= timestamp ? segment.firstFrom(timestamp) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** Is called after each append; the function returned ends that. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops finished segments that are too old or too much; an old one that is still written is finished first. */
  retain(now: number): void {
    const { retentionMs, retentionBytes } = this.#keeping;
    const old = (segment: Segment) => retentionMs >= 0 && segment.size > 0 && segment.maxTimestamp < now - retentionMs;
    if (old(this.#last())) this.#roll();
    for (let first = this.#segments[0]; first && this.#segments.length > 1; first = this.#segments[0]) {
      const tooMuch = retentionBytes >= 0 && this.bytes - first.size >= retentionBytes;
      if (!old(first) && !tooMuch) return;
      first.remove();
      rmSync(this.#file(first.baseOffset, 'json'), { force: true });
      this.#segments.shift();
    }
  }

  async flush(): Promise<void> {
    for (const segment of this.#segments) await segment.flush();
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  remove(): void {
    this.close();
    rmSync(this.#directory, { recursive: true, force: true });
    for (const listener of this.#listeners) listener();
  }

  /** A finished segment has its note beside it; one without, and the last one, are read. Returns the bytes cut off. */
  #open(segment: Segment): number {
    const note = segment === this.#last() ? undefined : this.#readNote(segment);
    if (note && segment.trust(note)) {
      this.#producers = new Producers(note.producers);
      return 0;
    }
    return segment.recover((batch) => this.#producers.remember(batch));
  }

  /** Finishes the last segment and starts the next. */
  #roll(): void {
    const { size, nextOffset, maxTimestamp, index, baseOffset } = this.#last();
    const producers = this.#producers.snapshot(Date.now());
    const note: Note = { size, nextOffset, maxTimestamp, index: [...index], producers };
    writeFileSync(this.#file(baseOffset, 'json'), JSON.stringify(note));
    this.#segments.push(new Segment(this.#file(nextOffset, 'log'), nextOffset));
  }

  #readNote({ baseOffset }: Segment): Note | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(baseOffset, 'json'), 'utf8')) as Note;
    } catch {
      // Killed while it was written: the segment itself tells all of it.
      return undefined;
    }
  }

  #last(): Segment {
    const last = this.#segments.at(-1);
    if (!last) throw new Error(`${this.#directory} has no segment`);
    return last;
  }

  #file(baseOffset: number, kind: 'log' | 'json'): string {
    return path.join(this.#directory, `${String(baseOffset).padStart(20, '0')}.${kind}`);
  }
}
