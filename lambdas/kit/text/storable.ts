import * as z from 'zod';
import { PermanentError } from '../errors.ts';

/**
 * Text as PostgreSQL takes it: U+FFFD in place of NUL and of each half of a surrogate pair; as many UTF-16 units as before.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}');
}

// PostgreSQL and JSON.stringify end at some thousands of levels, by the room on their stacks.
const mostLevels = 200;

/**
 * The same for a value that was read from JSON, in all its texts and names: `jsonb` refuses their escapes. Throws a
 * {@link PermanentError} for one with more than 200 levels.
 */
export function storableJson(value: unknown): unknown {
  return storableBelow(value, mostLevels);
}

function storableBelow(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) throw new PermanentError(`The value has more than ${mostLevels} levels`);
  if (Array.isArray(value)) return value.map((inner) => storableBelow(inner, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storableText(name), storableBelow(inner, levels - 1)]),
  );
}

/** The same as the transform of a schema, where a value with too many levels is an issue like all others. */
export function asStorableJson<V>(value: V, { addIssue }: z.RefinementCtx): V {
  try {
    return storableJson(value) as V;
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    addIssue({ code: 'custom', message: `has more than ${mostLevels} levels` });
    return z.NEVER;
  }
}

/** Whether PostgreSQL takes the text of a parameter as it is. On its way there half a surrogate becomes U+FFFD anyway. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
