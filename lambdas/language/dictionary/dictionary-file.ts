import { crc32 } from 'node:zlib';
import { PermanentError } from '#kit/errors.ts';

/**
 * A dictionary of words as a double array: a state and the number of the next code unit lead to one cell, which says whether
 * it is that state's, where its own next cells are, and whether a word ends here. No string is made to look one up.
 */
export interface Dictionary {
  /** The number of each UTF-16 code unit, from 1; 0 for those that no word has. */
  readonly numbers: Uint16Array;
  /** Two for each cell: the state that it belongs to (-1: none), and where its next cells begin (0: it has none). */
  readonly cells: Int32Array;
  /** For each cell the place of its word's frequency in {@link frequencies}; 0 where no word ends. */
  readonly ranks: Uint16Array;
  /** How often words were seen, each number once; the first stands for no word. */
  readonly frequencies: Uint32Array;
  /** Of all words together. */
  readonly total: number;
}

const magic = 'MILLRACE-WORDS01';
const headerNumbers = 4;
const headerAt = magic.length;
const bodyAt = headerAt + headerNumbers * 4;
const unitCount = 0x10000;

/** Magic, four sizes, the code units in the order of their numbers, cells, ranks, frequencies, CRC-32 of it all. */
export function encodeDictionary({ numbers, cells, ranks, frequencies, total }: Dictionary): Buffer {
  const units = new Uint16Array(numbers.reduce((most, number) => Math.max(most, number), 0));
  for (const [unit, number] of numbers.entries()) if (number > 0) units[number - 1] = unit;
  const header = Uint32Array.of(units.length, ranks.length, frequencies.length, total);
  const parts = [header, units, cells, ranks, frequencies].map(({ buffer }) => Buffer.from(buffer));
  const body = Buffer.concat([Buffer.from(magic), ...parts]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, sum]);
}

/** Throws a PermanentError for what is no such file, or is damaged. */
export function decodeDictionary(file: Buffer): Dictionary {
  if (file.length < bodyAt + 4 || file.toString('latin1', 0, headerAt) !== magic)
    throw new PermanentError(`Not a dictionary: it doesn't begin with ${magic}`);
  if (crc32(file.subarray(0, -4)) !== file.readUInt32LE(file.length - 4))
    throw new PermanentError('The dictionary is damaged: its checksum is wrong');
  const [units = 0, cells = 0, frequencies = 0, total = 0] = new Uint32Array(copied(file, headerAt, bodyAt));
  let at = bodyAt;
  const take = (bytes: number) => {
    at += bytes;
    return copied(file, at - bytes, at);
  };
  const numbers = new Uint16Array(unitCount);
  for (const [index, unit] of new Uint16Array(take(units * 2)).entries()) numbers[unit] = index + 1;
  return {
    numbers,
    cells: new Int32Array(take(cells * 8)),
    ranks: new Uint16Array(take(cells * 2)),
    frequencies: new Uint32Array(take(frequencies * 4)),
    total,
  };
}

/** Copied, since arrays of larger numbers begin at multiples of their size. */
function copied(file: Buffer, start: number, end: number): ArrayBuffer {
  return new Uint8Array(file.subarray(start, end)).buffer;
}
