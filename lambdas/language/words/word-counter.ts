import { ArgumentError } from '#kit/task.ts';
import { openEnd, whiteSpaceAt } from './white-space.ts';
import { hashFurther, type WordLimits, WordTable } from './word-table.ts';

/** As many as a result can hold and 512 MB can count, with room for the text of the result. */
export const wordLimits: WordLimits = { words: 500_000, bytes: 16 * 1024 * 1024 };

// No real word is as long: a file without white space would else be kept whole.
const longestWordBytes = 1024 * 1024;

/** How far a counter is: all of it, for another one to go on. */
export interface CountedSoFar {
  /** Bytes that are counted; the next begins here. */
  readonly bytes: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Counts words in a stream of bytes, whatever its length and wherever it is cut into pieces. */
export class WordCounter {
  readonly #table: WordTable;
  /** A word, or a white space, that the last piece ended in. */
  #rest: Uint8Array = new Uint8Array();
  #taken = 0;

  constructor(limits: WordLimits = wordLimits) {
    this.#table = new WordTable(limits);
  }

  /** One that goes on from there. */
  static resume({ bytes, counts }: CountedSoFar, limits?: WordLimits): WordCounter {
    const counter = new WordCounter(limits);
    for (const [word, times] of Object.entries(counts)) counter.#addWhole(Buffer.from(word), times);
    counter.#taken = bytes;
    return counter;
  }

  /** Takes the next piece. Throws ArgumentError beyond the limits. */
  add(piece: Uint8Array): void {
    this.#taken += piece.length;
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const rest = this.#count(bytes, bytes.length - openEnd(bytes));
    // Of what is shorter than the piece a copy, so that the piece can go.
    this.#rest = bytes.slice(rest);
    if (this.#rest.length > longestWordBytes)
      throw new ArgumentError(`A word has more than ${longestWordBytes} bytes: this is no text of words.`);
  }

  /** Counts the words of these bytes but for one that ends where they do; returns where that begins. */
  #count(source: Uint8Array, end: number): number {
    const { seed } = this.#table;
    let start = 0;
    let hash = seed;
    for (let at = 0; at < end; at++) {
      const byte = source[at] ?? 0;
      // Most bytes by far: white space begins with one up to 0x20, or with one of four above 0xC1.
      const length = byte > 0x20 && byte < 0xc2 ? 0 : whiteSpaceAt(source, at);
      if (length === 0) {
        hash = hashFurther(hash, byte);
        continue;
      }
      if (at > start) this.#table.add({ source, start, end: at, hash });
      at += length - 1;
      start = at + 1;
      hash = seed;
    }
    return start;
  }

  #addWhole(source: Uint8Array, times = 1): void {
    const hash = source.reduce(hashFurther, this.#table.seed);
    this.#table.add({ source, start: 0, end: source.length, hash }, times);
  }

  /** What is counted by now: without the word that may go on. */
  soFar(): CountedSoFar {
    return { bytes: this.#taken - this.#rest.length, counts: this.#table.counts() };
  }

  /** All counts, once the last piece is in. Throws ArgumentError for words that are no UTF-8. */
  end(): Record<string, number> {
    const start = this.#count(this.#rest, this.#rest.length);
    if (start < this.#rest.length) this.#addWhole(this.#rest.subarray(start));
    this.#rest = new Uint8Array();
    return this.#table.counts();
  }
}

/** Word -> count of a text. */
export function countWords(text: string): Record<string, number> {
  const counter = new WordCounter();
  counter.add(Buffer.from(text));
  return counter.end();
}
