/** What Excel takes in one cell, in UTF-16 units. */
const longestText = 32_767;

// What XML 1.0 has no way to write: control characters but tab and line feed, and the two that are no characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text as a cell can hold it: nothing that breaks the file, and one that is too long is cut and says so. */
export function cellText(value: string): string {
  const text = value.toWellFormed().replace(/\r\n?/g, '\n').replace(unwritable, '');
  if (text.length <= longestText) return text;
  const note = `……（原文共${text.length}字，超出单元格上限，此处截断）`;
  // Half of a pair would be no character.
  return text.slice(0, longestText - note.length).replace(/[\ud800-\udbff]$/, '') + note;
}

/** Whether editing the cell would turn its text into a formula. */
export function looksLikeFormula(text: string): boolean {
  return /^[=+\-@]/.test(text);
}

/** A sheet's name: 31 characters, none of them `[]:*?/\`. */
export function sheetName(title: string, part: number): string {
  const suffix = part === 1 ? '' : ` (${part})`;
  return `${title.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31 - suffix.length)}${suffix}`;
}
