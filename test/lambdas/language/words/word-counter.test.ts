import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PermanentError } from '#kit/errors.ts';
import { countWords, WordCounter } from '#language/words/word-counter.ts';

/** Python's `str.split()`, as a pattern. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: four of them are white space there
const whiteSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function expected(text: string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(whiteSpace)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The bytes in pieces of these lengths, again and again. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const separators = [
  ' ',
  '\n',
  '\t',
  '\x1c',
  '\x85',
  '\u00a0',
  '\u1680',
  '\u2003',
  '\u2028',
  '\u202f',
  '\u205f',
  '\u3000',
];
// Bytes alike: these are no white space.
const words = [
  'the',
  'The',
  '中文',
  '。',
  '、',
  'é',
  '\u200b',
  '\u2060',
  '\ufeff',
  'e\u0301',
  '😀',
  'Â',
  'ሀ',
  '__proto__',
  '7',
];
const text = fc
  .array(fc.constantFrom(...separators, ...words, 'constructor'), { maxLength: 60 })
  .map((parts) => parts.join(''));

test('words are counted alike wherever the stream is cut, and wherever another one goes on', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(text, lengths, fc.nat(), (given, cuts, turn) => {
      const bytes = Buffer.from(given);
      let counter = new WordCounter();
      const all = [...pieces(bytes, cuts)];
      for (const [index, piece] of all.entries()) {
        counter.add(piece);
        if (index !== turn % all.length) continue;
        const soFar = counter.soFar();
        counter = WordCounter.resume(JSON.parse(JSON.stringify(soFar)));
        // Whoever goes on is given the bytes from there on.
        counter.add(
          bytes.subarray(
            soFar.bytes,
            all.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
          ),
        );
      }
      expect(counter.end()).toEqual(expected(given));
    }),
    { numRuns: 500 },
  );
});

const python = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!python)('every code point splits or not as in Python (skipped without python3)', () => {
  const script =
    "import sys,json;print(json.dumps([c for c in range(0x110000) if not 0xd800<=c<0xe000 and len(('a'+chr(c)+'b').split())==2]))";
  const splitting: number[] = JSON.parse(spawnSync('python3', ['-c', script]).stdout.toString());
  const ours = Array.from({ length: 0x3100 }, (_, code) => code).filter(
    (code) => Object.keys(countWords(`a${String.fromCodePoint(code)}b`)).length === 2,
  );

  expect(ours).toEqual(splitting);
});

test('numbers of words, and their order, are those of the text', () => {
  expect(Object.entries(countWords(' b a\n b　c b'))).toEqual([
    ['b', 3],
    ['a', 1],
    ['c', 1],
  ]);
  expect(countWords('')).toEqual({});
});

test('thousands of words are told apart', () => {
  const many = Array.from({ length: 60_000 }, (_, number) => `w${number % 20_000}`);

  expect(countWords(many.join(' '))).toEqual(expected(many.join(' ')));
});

test('beyond its limits a counter says so, and for good', () => {
  const few = new WordCounter({ words: 2, bytes: 100 });
  few.add(Buffer.from('a b a b '));
  const small = new WordCounter({ words: 100, bytes: 5 });
  small.add(Buffer.from('abc ab '));
  const endless = new WordCounter();

  expect(() => few.add(Buffer.from('c '))).toThrow(PermanentError);
  expect(() => small.add(Buffer.from('c '))).toThrow(/more different words/);
  expect(() => {
    for (let count = 0; count < 20; count++) endless.add(Buffer.alloc(100_000, 'x'));
  }).toThrow(/no text of words/);
});

test('a file that is no UTF-8 is refused, wherever its bytes are wrong', () => {
  for (const bytes of [[0xff], [0x61, 0x20, 0xc2], [0xe3, 0x80], [0xe2, 0x80, 0x20]]) {
    const counter = new WordCounter();
    counter.add(Buffer.from(bytes));
    expect(() => counter.end(), String(bytes)).toThrow(PermanentError);
  }
});
