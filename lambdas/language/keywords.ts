import { stopWords } from './stop-words.ts';

/** One word that says what a text is about. */
export interface Keyword {
  readonly word: string;
  /** TF-IDF, comparable within one text only. */
  readonly weight: number;
}

const wanted = 10;
// Of a word of one sign only a Latin one could say something, and doesn't.
const telling = /[\p{L}\p{N}]/u;
const number = /^[\p{N}.,%年月日]+$/u;

/** The words that say most, best first: how often each is there times how rare it is; long words before short ones. */
export function topWords(words: readonly string[], rarity: (word: string) => number): Keyword[] {
  const counts = new Map<string, number>();
  for (const word of words) if (isKeyword(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const total = words.length;
  return [...counts]
    .map(([word, count]) => ({ word, weight: Math.round((1e4 * count * rarity(word)) / total) / 1e4 }))
    .sort((a, b) => b.weight - a.weight || b.word.length - a.word.length || (a.word < b.word ? -1 : 1))
    .slice(0, wanted);
}

/** Whether a word can say anything about a text: one of several letters that is no number and no stop word. */
export const isKeyword = (word: string): boolean =>
  word.length > 1 && word.length <= 50 && telling.test(word) && !number.test(word) && !stopWords.has(word);
