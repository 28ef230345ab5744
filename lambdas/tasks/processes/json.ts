import { PermanentError } from '#kit/errors.ts';

// Python's reader of JSON ends at a thousand, PostgreSQL's at some thousands.
const deepest = 500;
// A worker of ten tasks must be able to hold a result of each beside its own needs.
const largestBytes = 64 * 1024 * 1024;

/** A function's value as JSON, of at most so many bytes of UTF-8. Throws PermanentError, which says why, for what JSON can't hold or readers can't read. */
export function jsonOf(value: unknown, what: string, most = largestBytes): string {
  const text = written(value, what);
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw new PermanentError(`${what} has ${sized(bytes)} as JSON, more than ${sized(most)}.`);
  if (nesting(text) > deepest) throw new PermanentError(`${what} is nested more than ${deepest} deep.`);
  return text;
}

function sized(bytes: number): string {
  const kibibytes = Math.ceil(bytes / 1024);
  return kibibytes < 1024 ? `${kibibytes} KB` : `${Math.ceil(kibibytes / 1024)} MB`;
}

function written(value: unknown, what: string): string {
  try {
    return JSON.stringify(value, refused) ?? 'null';
  } catch (cause) {
    if (cause instanceof PermanentError) throw new PermanentError(`${what}: ${cause.message}`);
    // A circle, a big integer, a nesting beyond the stack; or a getter, a proxy or a toJSON of the function's own threw.
    throw new PermanentError(`${what} can't be written as JSON: ${wordsOf(cause)}`, { cause });
  }
}

/** For JSON.stringify: it would leave these out, or write something else in their place. */
function refused(member: string, value: unknown): unknown {
  const kind = kindOf(value);
  if (kind === undefined) return value;
  throw new PermanentError(
    `${member === '' ? 'it' : `its member "${member.slice(0, 100)}"`} is ${kind}, which JSON can't hold.`,
  );
}

function kindOf(value: unknown): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Map || value instanceof Set || value instanceof WeakMap || value instanceof WeakSet)
    return `a ${value.constructor.name}`;
  return value instanceof Promise ? 'a Promise' : undefined;
}

function wordsOf(cause: unknown): string {
  try {
    return cause instanceof Error ? `${cause.name}: ${cause.message.split('\n')[0]}` : String(cause);
  } catch {
    // What was thrown throws when it is read.
    return 'an error that can’t be read';
  }
}

const [quote, backslash, open, list, close, endOfList] = Array.from('"\\{[}]', (character) => character.charCodeAt(0));

/** How deep a JSON text is nested. */
function nesting(text: string): number {
  let [depth, deepestSeen] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === open || code === list) depth += 1;
    else if (code === close || code === endOfList) depth -= 1;
    deepestSeen = Math.max(deepestSeen, depth);
  }
  return deepestSeen;
}

function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
