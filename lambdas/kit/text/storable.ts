/**
 * Text as PostgreSQL takes it: U+FFFD in place of NUL and of each half of a surrogate pair; as many UTF-16 units as before.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}');
}

/** The same for a value that was read from JSON, in all its texts and names: `jsonb` refuses their escapes. */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storableText(name), storableJson(inner)]));
}

/** Whether PostgreSQL takes the text of a parameter as it is. On its way there half a surrogate becomes U+FFFD anyway. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
