import { readFileSync } from 'node:fs';
import { cut, initSync } from 'jieba-wasm/web';
import { beforeAll, describe, expect, test } from 'vitest';
import { segment } from '#language/segmenter.ts';
import {
  type Dictionary,
  decodeDictionary,
  encodeDictionary,
} from '../../../lambdas/language/dictionary/dictionary-file.ts';
import { likeliestWords } from '../../../lambdas/language/dictionary/likeliest-words.ts';
import { shippedDictionary } from '../../../lambdas/language/dictionary/shipped-dictionary.ts';
import { buildDictionary } from '../../../training/words/build-dictionary.ts';
import { smallCorpus } from '../tagger/model/small-corpus.ts';

beforeAll(() => {
  const wasm = new URL('./jieba_rs_wasm_bg.wasm', import.meta.resolve('jieba-wasm/web'));
  initSync({ module: readFileSync(wasm) });
});

/** As jieba cuts, without its model for names. */
const byJieba = (text: string) => cut(text.toWellFormed(), false).filter((word) => word.trim() !== '');

/** The same numbers from the same seed (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The words of a dictionary, or each of so many: from a cell where one ends back to the root. */
function wordsOf({ numbers, cells, ranks }: Dictionary, each = 1): readonly string[] {
  const units = new Map(
    [...numbers.entries()].filter(([, number]) => number > 0).map(([unit, number]) => [number, unit]),
  );
  const words: string[] = [];
  for (let cell = 0; cell < ranks.length; cell += each) {
    if (ranks[cell] === 0) continue;
    const word: number[] = [];
    for (let at = cell; at !== 0; at = cells[at * 2] ?? 0)
      word.unshift(units.get(at - (cells[(cells[at * 2] ?? 0) * 2 + 1] ?? 0)) ?? 0);
    words.push(String.fromCharCode(...word));
  }
  return words;
}

describe('words are cut as jieba cuts them', () => {
  test('of headlines', () => {
    for (const { text } of smallCorpus(2000, 7)) expect(segment(text)).toEqual(byJieba(text));
  });

  test('of words of the dictionary in any order, whole and broken, with signs between', () => {
    const words = wordsOf(shippedDictionary(), 23);
    const below = numbersFrom(20261130);
    const between = [
      '',
      '',
      '',
      '',
      '，',
      ' ',
      'a',
      '3',
      '.',
      '-',
      '%',
      '😀',
      '𠀀',
      '\u0085',
      '·',
      '\r\n',
      'AT&T',
      '\ud800',
      '\0',
    ];
    for (let round = 0; round < 4000; round += 1) {
      let text = '';
      for (let place = 0; place < 8; place += 1) {
        const word = words[below(words.length)] ?? '';
        text += (below(3) === 0 ? word.slice(below(word.length)) : word) + (between[below(between.length)] ?? '');
      }
      expect(segment(text), JSON.stringify(text)).toEqual(byJieba(text));
    }
  });

  test('of every sign of 16 bits, and some beyond, between two words', () => {
    const others: string[] = [];
    for (let point = 0; point < 0x32000; point += point < 0x10000 ? 1 : 61) {
      const text = `北京${String.fromCodePoint(point)}3大学`;
      if (segment(text).join('|') !== byJieba(text).join('|')) others.push(`U+${point.toString(16)}`);
    }
    expect(others).toEqual([]);
  });
});

test('of two ways as likely as each other the one with the longer first word is taken', () => {
  const words: string[] = [];
  const dictionary = buildDictionary(['甲', '甲乙', '乙丙', '丙'].map((word) => ({ word, count: 5 })));
  likeliestWords(dictionary)('甲乙丙', 0, 3, words);

  expect(words).toEqual(['甲乙', '丙']);
});

test('a dictionary is read as it was written, and a damaged one is refused', () => {
  const words = ['北', '北京', '北京大学', '大', '大学', 'AT&T'];
  const dictionary = buildDictionary(words.map((word, index) => ({ word, count: index + 1 })));
  const file = encodeDictionary(dictionary);
  const read = decodeDictionary(file);

  expect(read).toEqual(dictionary);
  expect([...wordsOf(read)].sort()).toEqual([...words].sort());
  expect(read.total).toBe(21);
  file[40] = (file[40] ?? 0) ^ 1;
  expect(() => decodeDictionary(file)).toThrow('damaged');
  expect(() => decodeDictionary(Buffer.from('something else'))).toThrow('Not a dictionary');
});

test('a long stretch is cut as well as a short one, and one after it', () => {
  const long = '北京大学的学生在图书馆看书'.repeat(500);

  expect(segment(long)).toEqual(byJieba(long));
  expect(segment('北京大学')).toEqual(['北京大学']);
});
