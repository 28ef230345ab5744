import { randomInt } from 'node:crypto';

/** How CloudFormation would generate a secret. */
export interface Generation {
  /** With `key`: the value is this object with the generated text under the key, as JSON. */
  readonly template?: object;
  readonly key?: string;
  readonly length: number;
  readonly excludePunctuation?: boolean;
  readonly excludeCharacters?: string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A value from the system's random source; like AWS, with at least one character of each kind where they fit. */
export function generate({ template, key, length, excludePunctuation, excludeCharacters = '' }: Generation): string {
  const all = [letters, letters.toUpperCase(), '0123456789', ...(excludePunctuation ? [] : [punctuation])];
  const kinds = all
    .map((kind) => [...kind].filter((character) => !excludeCharacters.includes(character)).join(''))
    .filter((kind) => kind !== '');
  let text: string;
  do text = randomText(kinds.join(''), length);
  while (length >= kinds.length && !kinds.every((kind) => [...kind].some((character) => text.includes(character))));
  return key === undefined ? text : JSON.stringify({ ...template, [key]: text });
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
