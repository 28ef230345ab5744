import { existsSync, readFileSync } from 'node:fs';
import { cut, initSync } from 'jieba-wasm/web';
import { once } from '#kit/once.ts';

/** Cuts a text into words, white space left out. Throws at nothing: what no dictionary knows is cut into single signs. */
export type Segment = (text: string) => string[];

/** jieba's own file, in the package's folder; the bundler puts a copy beside a handler's code. */
const wasmName = 'jieba_rs_wasm_bg.wasm';

// One instance per process: it holds the dictionary (60 MB) and no state of ours. Takes about 0.6 s to load.
const load = once(() => {
  const beside = new URL(`./${wasmName}`, import.meta.url);
  const file = existsSync(beside) ? beside : new URL(`./${wasmName}`, import.meta.resolve('jieba-wasm/web'));
  initSync({ module: readFileSync(file) });
});

// A lone surrogate has no UTF-8; jieba, which is handed UTF-8, would see U+FFFD anyway.
const cutWellFormed = (text: string, guess: boolean) =>
  cut(text.isWellFormed() ? text : text.toWellFormed(), guess).filter((word) => word.trim() !== '');

/** The words of the dictionary. */
export const segment: Segment = (text) => {
  load();
  return cutWellFormed(text, false);
};

const segmentNames: Segment = (text) => {
  load();
  return cutWellFormed(text, true);
};

// Of one cut: a call costs as much as some fifty characters, and long texts gain nothing more.
const batchLength = 20_000;

/**
 * The words of many texts, each cut as by jieba's default: the dictionary, and its hidden Markov model for names. Texts
 * travel together, which takes half the time of one by one.
 */
export function segmentMany(texts: readonly string[]): string[][] {
  load();
  const all: string[][] = [];
  let batch: string[] = [];
  let length = 0;
  const flush = () => {
    all.push(...cutTogether(batch));
    batch = [];
    length = 0;
  };
  for (const text of texts) {
    batch.push(text);
    length += text.length;
    if (length >= batchLength) flush();
  }
  flush();
  return all;
}

/** A line feed is no part of any word, and a word of its own. */
function cutTogether(texts: readonly string[]): string[][] {
  if (texts.length === 0) return [];
  const lines = texts.map((text) => text.toWellFormed().replace(/[\r\n\u2028\u2029]+/g, ' '));
  const each: string[][] = [[]];
  for (const word of cut(lines.join('\n'), true)) {
    if (word === '\n') each.push([]);
    else if (word.trim() !== '') each.at(-1)?.push(word);
  }
  return each;
}

const single = /^\p{Script=Han}$/u;

/**
 * Puts names together that the dictionary doesn't know: a run of single Han characters is cut once more, by jieba's
 * hidden Markov model. What {@link segment} found already isn't cut twice, which is most of the time saved.
 */
export function joinNames(words: readonly string[]): string[] {
  const joined: string[] = [];
  let run = '';
  const flush = () => {
    if (run.length > 1) joined.push(...segmentNames(run));
    else if (run !== '') joined.push(run);
    run = '';
  };
  for (const word of words) {
    if (single.test(word)) run += word;
    else {
      flush();
      joined.push(word);
    }
  }
  flush();
  return joined;
}
