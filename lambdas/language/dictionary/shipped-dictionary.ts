import { readFileSync } from 'node:fs';
import { once } from '#kit/once.ts';
import { decodeDictionary } from './dictionary-file.ts';

/** jieba's words, by `training/words/make-dictionary.ts`. The bundler puts a copy of the file beside a handler's code. */
export const shippedDictionary = once(() =>
  decodeDictionary(readFileSync(new URL('./words.dictionary', import.meta.url))),
);
