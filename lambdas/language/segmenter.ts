import { once } from '#kit/once.ts';
import { isRareIdeograph, kinds, kindsOfUnits } from './dictionary/code-points.ts';
import { likeliestWords } from './dictionary/likeliest-words.ts';
import { shippedDictionary } from './dictionary/shipped-dictionary.ts';

/** Cuts a text into words, white space left out. Throws at nothing: what no dictionary knows is cut into single signs. */
export type Segment = (text: string) => string[];

const unitKinds = once(kindsOfUnits);
const cutStretch = once(() => likeliestWords(shippedDictionary()));

/**
 * The words of the dictionary, cut as jieba cuts them without its model for names (a test compares the two), in the text's own
 * code units: nothing is handed over as UTF-8, which took longer than the cutting.
 */
export const segment: Segment = (given) => {
  // A lone surrogate has no UTF-8; jieba, which is handed UTF-8, sees U+FFFD.
  const text = given.isWellFormed() ? given : given.toWellFormed();
  const table = unitKinds();
  const cut = cutStretch();
  const words: string[] = [];
  let stretch = -1;
  for (let at = 0; at < text.length; ) {
    const kind = table[text.charCodeAt(at)];
    const units = kind === kinds.surrogate ? 2 : 1;
    const inWord = kind === kinds.word || (units === 2 && isRareIdeograph(text.codePointAt(at) ?? 0));
    if (inWord && stretch < 0) stretch = at;
    if (!inWord && stretch >= 0) {
      cut(text, stretch, at, words);
      stretch = -1;
    }
    if (!inWord && kind !== kinds.space) words.push(text.slice(at, at + units));
    at += units;
  }
  if (stretch >= 0) cut(text, stretch, text.length, words);
  return words;
};
