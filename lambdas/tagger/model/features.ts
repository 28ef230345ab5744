import { add, type FeatureBuffer } from './feature-buffer.ts';
import { finish, hashOf, mix } from './hash.ts';
import { addShape } from './shape.ts';

/** A text as a model sees it. */
export interface ReadText {
  /** As it came: its widths and signs are features too. */
  readonly raw: string;
  /** Folded: NFKC, lower case, white space collapsed; in the characters it was written in. */
  readonly written: string;
  /** The same in simplified characters, sign for sign: what the model was trained on. */
  readonly folded: string;
  /** The words of the folded text, without white space. */
  readonly words: readonly string[];
}

// Kinds of features are told apart by the seed of their hash. Changing one, or a feature, needs a new `featureSet`.
const kinds = { character: 11, pair: 12, triple: 13, word: 21, wordPair: 22, apart: 23 } as const;
const edge = 0xffff;

/** Names the set of features that this file and shape.ts make; a model trained for another set is refused. */
export const featureSet = 'char1-3,word1-2,apart,shape/1';

/**
 * All features of a text: character 1- to 3-grams, words, pairs of neighbouring words (both with the text's edges),
 * pairs of words with one between, and the shape of the raw text.
 */
export function collectFeatures(buffer: FeatureBuffer, { raw, folded, words }: ReadText): void {
  buffer.length = 0;
  addCharacters(buffer, folded);
  addWords(buffer, words);
  addShape(buffer, raw, words.length);
}

function addCharacters(buffer: FeatureBuffer, folded: string): void {
  let before = -1;
  let last = edge;
  for (let i = 0; i <= folded.length; i += 1) {
    const unit = i < folded.length ? folded.charCodeAt(i) : edge;
    if (i < folded.length) add(buffer, mix(kinds.character, unit));
    add(buffer, mix(mix(kinds.pair, last), unit));
    if (before >= 0) add(buffer, mix(mix(mix(kinds.triple, before), last), unit));
    before = last;
    last = unit;
  }
}

function addWords(buffer: FeatureBuffer, words: readonly string[]): void {
  let before = edge;
  let last = edge;
  for (const word of words) {
    const hash = hashOf(word, kinds.word);
    add(buffer, hash);
    add(buffer, mix(mix(kinds.wordPair, last), hash));
    if (before !== edge) add(buffer, mix(mix(kinds.apart, before), hash));
    before = last;
    last = hash;
  }
  add(buffer, mix(mix(kinds.wordPair, last), edge));
}

/** The ended hash of a folded word, as its feature has it. */
export const wordHash = (word: string): number => finish(hashOf(word, kinds.word));
