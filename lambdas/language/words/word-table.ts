import { ArgumentError } from '#kit/task.ts';

/** What a table of words may take in memory. */
export interface WordLimits {
  /** Different words. */
  readonly words: number;
  /** Of all different words together. */
  readonly bytes: number;
}

/** Bytes of a word, and their hash. */
export interface Word {
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

/** The hash of a word with one byte more: FNV-1a. */
export function hashFurther(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/**
 * Words and their counts without an object for each: all bytes in one buffer, and a hash table of numbers over it. A
 * million words take about 50 MB, whatever they were cut from.
 */
export class WordTable {
  readonly #limits: WordLimits;
  /** Where each word's hash begins: at random, so that words can't be prepared that all fall into one place. */
  readonly seed = Math.floor(Math.random() * 2 ** 31);
  #bytes = Buffer.alloc(64 * 1024);
  #used = 0;
  #size = 0;
  /** For each place of the table the word's number plus one; 0 where there is none. */
  #places = new Uint32Array(1024);
  #starts = new Uint32Array(512);
  #lengths = new Uint32Array(512);
  #hashes = new Uint32Array(512);
  #counts = new Float64Array(512);

  constructor(limits: WordLimits) {
    this.#limits = limits;
  }

  /** How many different words there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Counts the word that stands in these bytes, by the hash that {@link hashFurther} made of them. Throws ArgumentError
   * when the table's limits are reached.
   */
  add(word: Word, times = 1): void {
    const { source, start, end } = word;
    // FNV's low bits, which choose the place, know little of the first letters.
    const hash = (word.hash ^ (word.hash >>> 15)) >>> 0;
    const mask = this.#places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number < 0) {
        this.#insert(place, { hash, source, start, end }, times);
        return;
      }
      if (this.#hashes[number] === hash && this.#is(number, word)) {
        this.#counts[number] = (this.#counts[number] ?? 0) + times;
        return;
      }
    }
  }

  /** Word -> count, in the order of first appearance. Throws ArgumentError for words that are no UTF-8. */
  counts(): Record<string, number> {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const read = (word: number) => {
      const start = this.#starts[word] ?? 0;
      return decoder.decode(this.#bytes.subarray(start, start + (this.#lengths[word] ?? 0)));
    };
    try {
      return Object.fromEntries(Array.from({ length: this.#size }, (_, word) => [read(word), this.#counts[word] ?? 0]));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new ArgumentError('The file is no UTF-8 text: words of it can’t be read.', { cause: error });
    }
  }

  #is(number: number, { source, start, end }: Word): boolean {
    if (this.#lengths[number] !== end - start) return false;
    const shift = (this.#starts[number] ?? 0) - start;
    for (let at = start; at < end; at++) if (source[at] !== this.#bytes[at + shift]) return false;
    return true;
  }

  #insert(place: number, word: Word, times: number): void {
    const length = word.end - word.start;
    if (this.#size === this.#limits.words || this.#used + length > this.#limits.bytes) {
      throw new ArgumentError(
        `There are more different words than can be counted here: ${this.#limits.words}, of ${this.#limits.bytes} bytes together.`,
      );
    }
    this.#makeRoom(length);
    const number = this.#size;
    this.#bytes.set(word.source.subarray(word.start, word.end), this.#used);
    this.#starts[number] = this.#used;
    this.#lengths[number] = length;
    this.#hashes[number] = word.hash;
    this.#counts[number] = times;
    this.#places[place] = number + 1;
    this.#used += length;
    this.#size += 1;
    if (this.#size * 2 > this.#places.length) this.#spread();
  }

  #makeRoom(length: number): void {
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#used + length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    if (this.#size < this.#starts.length) return;
    const twice = <T extends Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const length2 = this.#starts.length * 2;
    this.#starts = twice(this.#starts, new Uint32Array(length2));
    this.#lengths = twice(this.#lengths, new Uint32Array(length2));
    this.#hashes = twice(this.#hashes, new Uint32Array(length2));
    this.#counts = twice(this.#counts, new Float64Array(length2));
  }

  /** Into a table of twice the places. */
  #spread(): void {
    const places = new Uint32Array(this.#places.length * 2);
    const mask = places.length - 1;
    for (let word = 0; word < this.#size; word++) {
      let place = (this.#hashes[word] ?? 0) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = word + 1;
    }
    this.#places = places;
  }
}
