/** The reason given for malformed text: JSON can write half a character, which no encoding can. */
export const notText = 'Not a valid string.';

/**
 * Where a value that was read from `json` has a name or text with half of a surrogate pair (`"\\ud800"`); `undefined` where
 * all is text.
 */
export function placeOfNoText(value: unknown, json: string): readonly (string | number)[] | undefined {
  // Only an escape can write it, and few texts have one: most values need not be walked.
  return /\\u[dD][89a-fA-F]/.test(json) ? search(value) : undefined;
}

function search(value: unknown): readonly (string | number)[] | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : [];
  if (typeof value !== 'object' || value === null) return undefined;
  const inner: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((one, at) => [at, one] as const)
    : Object.entries(value);
  for (const [name, one] of inner) {
    if (typeof name === 'string' && !name.isWellFormed()) return [name.toWellFormed()];
    const found = search(one);
    if (found) return [name, ...found];
  }
  return undefined;
}
