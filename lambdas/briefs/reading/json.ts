import { inspect } from 'node:util';
import { parsedJson } from '#kit/text/json.ts';

/** Careful looks into JSON that others made: whatever isn't there, or is of another kind, is `undefined`. */

// A number that no double may hold stands where a value begins, and not in a text.
const longNumber = /[:[,]\s*-?\d{16,}\s*[,}\]]/;
// A text, which is passed over whole, or such a number; no part of one with a fraction or an exponent.
const textOrLongNumber = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;

/**
 * The JSON of an answer; `undefined` for any other text. Ids that a number would round are texts of their digits. They are
 * put between quotes before the text is read: a reviver would be called for each value, and call itself for each level.
 */
export function answerIn(text: string): unknown {
  return parsedJson(longNumber.test(text) ? text.replace(textOrLongNumber, asWritten) : text).value;
}

function asWritten(found: string): string {
  return found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`;
}

/** What stands under a path of names. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) => (isRecord(inside) && Object.hasOwn(inside, name) ? inside[name] : undefined),
    value,
  );
}

/** A list, and an empty one for anything else. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A text that says something; numbers (ids) as their digits. Null for anything else, as articles have it. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  if (typeof found === 'number' && Number.isSafeInteger(found)) return String(found);
  return typeof found === 'string' && found.trim() !== '' ? found : null;
}

/** A number, also one that is shown as its digits. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  const number = typeof found === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(found) ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Whether a mark is set: `true` or 1, or either as text. */
export function isSet(value: unknown, ...path: readonly string[]): boolean {
  const found = at(value, ...path);
  return found === true || found === 1 || found === 'true' || found === '1';
}

/** What stands in place of something that could not be read, for people: of what is deep its upper levels. */
export function shownAs(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
