// White space of every kind, one or many. Control signs (NUL) are kept: they are no reason to fail.
const spaces = /\s+/gu;
// Texts of nothing but ASCII, CJK ideographs and CJK punctuation change by lower case and white space alone.
const plain = /^[\x20-\x7e\u3001-\u3029\u4e00-\u9fff\u2018-\u201d\u00b7]*$/;

/** One form for what means the same: full width and half width (NFKC), case, white space. */
export function fold(text: string): string {
  const same = plain.test(text) ? text : text.normalize('NFKC');
  return same.toLowerCase().replaceAll(spaces, ' ').trim();
}
