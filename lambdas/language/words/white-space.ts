/**
 * How many bytes of UTF-8 white space begin at `at`: 0 for none. White space is what Python's `str.split()` takes for it,
 * which is Unicode's and the four separators from U+001C on. Source: CPython, `Py_UNICODE_ISSPACE`.
 */
export function whiteSpaceAt(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 {
  const first = bytes[at] ?? 0;
  if (first < 0x80)
    return first === 0x20 || (first >= 0x09 && first <= 0x0d) || (first >= 0x1c && first <= 0x1f) ? 1 : 0;
  const second = bytes[at + 1] ?? 0;
  // U+0085, U+00A0
  if (first === 0xc2) return second === 0x85 || second === 0xa0 ? 2 : 0;
  const third = bytes[at + 2] ?? 0;
  // U+1680
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  // U+3000
  if (first === 0xe3) return second === 0x80 && third === 0x80 ? 3 : 0;
  if (first !== 0xe2) return 0;
  // U+2000 to U+200A, U+2028, U+2029, U+202F
  if (second === 0x80)
    return (third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf ? 3 : 0;
  // U+205F
  return second === 0x81 && third === 0x9f ? 3 : 0;
}

/** How many bytes at the end may be the beginning of a white space that the next piece goes on with. */
export function openEnd(bytes: Uint8Array): 0 | 1 | 2 {
  const last = bytes[bytes.length - 1] ?? 0;
  if (last === 0xc2 || (last >= 0xe1 && last <= 0xe3)) return 1;
  const before = bytes[bytes.length - 2] ?? 0;
  return before >= 0xe1 && before <= 0xe3 ? 2 : 0;
}
