import { segmentMany } from '#language/names.ts';

/** What of an item is read for its vector. */
export interface ItemText {
  readonly title: string | null;
  readonly description: string | null;
  readonly category: string | null;
  readonly author: string | null;
  readonly tags: readonly string[];
}

/** Texts to vectors of length 1, the same text always to the same. A text that says nothing has a vector of zeros. */
export type Embed = (texts: readonly ItemText[]) => Promise<readonly Float32Array[]>;

/** Numbers of a hashed vector: with some dozens of words a text, two of them seldom fall together. */
export const vectorLength = 256;

// The fewer words a field has, the more each says; the author says least.
const weights = { tag: 3, category: 2, title: 2, author: 1, description: 1, characters: 0.5 };
// Later text seldom adds a topic, and each word costs time.
const longestText = 2000;

/** Words by the dictionary, and pairs of characters for what it doesn't know, each hashed to a place and a sign. */
export const embedHashed: Embed = async (texts) => {
  const words = segmentMany(texts.flatMap(({ title, description }) => [folded(title), folded(description)]));
  return texts.map((text, index) => vectorOf(text, words[2 * index] ?? [], words[2 * index + 1] ?? []));
};

const folded = (text: string | null) => (text ?? '').normalize('NFKC').toLowerCase().slice(0, longestText);

function vectorOf(text: ItemText, title: readonly string[], description: readonly string[]): Float32Array {
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const tag of text.tags) add(`t:${folded(tag)}`, weights.tag);
  if (text.category !== null) add(`c:${folded(text.category)}`, weights.category);
  if (text.author !== null) add(`a:${folded(text.author)}`, weights.author);
  for (const word of title.filter(isWord)) add(`w:${word}`, weights.title);
  for (const word of description.filter(isWord)) add(`w:${word}`, weights.description);
  const signs = Array.from(folded(text.title).replaceAll(/[^\p{L}\p{N}]+/gu, ' '));
  for (let at = 1; at < signs.length; at += 1) add(`p:${signs[at - 1]}${signs[at]}`, weights.characters);
  return unit(hashed(counts));
}

const isWord = (word: string) => /[\p{L}\p{N}]/u.test(word);

function hashed(counts: ReadonlyMap<string, number>): Float32Array {
  const vector = new Float32Array(vectorLength);
  for (const [feature, weight] of counts) {
    const hash = fnv1a(feature);
    const place = hash % vectorLength;
    // The sign keeps features that fall together from adding up; what a text says often says less each time.
    vector[place] = (vector[place] as number) + (hash >>> 31 === 0 ? 1 : -1) * Math.sqrt(weight);
  }
  return vector;
}

/** FNV-1a over UTF-16 units, with its bits mixed once more: the low ones alone are too much alike. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The same direction, of length 1. */
export function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return squares === 0 ? vector : vector.map((value) => value / Math.sqrt(squares));
}
