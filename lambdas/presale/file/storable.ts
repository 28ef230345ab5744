import { storableText } from '#kit/text/storable.ts';

// What XML 1.0, and so a workbook, has no place for beside what PostgreSQL's text hasn't: the C0 controls but tab and line
// ends, and the two noncharacters at the end of the plane.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const unstorable = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * Text with U+FFFD in place of each character that one of the places where deals go can't hold; as many characters as
 * before. Everything else stays, private-use and replacement characters included.
 */
export function storable(text: string): string {
  return storableText(text).replace(unstorable, '\uFFFD');
}

/** At most so many UTF-16 units of a text, without half of a surrogate pair at the end. */
export function beginning(text: string, units: number): string {
  return text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '');
}
