/** What a code unit is to a cut. */
export const kinds = { sign: 0, word: 1, surrogate: 2, space: 3 } as const;

// As jieba has it: ideographs, their extension A and the compatible ones, Latin letters, digits and some signs between them.
const inWords = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaffa-zA-Z0-9+#&._%-]/;

/** The kind of each UTF-16 code unit; of a surrogate only its pair tells ({@link isRareIdeograph}). */
export function kindsOfUnits(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let unit = 0; unit < table.length; unit += 1) {
    const sign = String.fromCharCode(unit);
    if (unit >= 0xd800 && unit <= 0xdfff) table[unit] = kinds.surrogate;
    else if (inWords.test(sign)) table[unit] = kinds.word;
    else if (sign.trim() === '') table[unit] = kinds.space;
  }
  return table;
}

/** Ideographs beyond 16 bits that jieba takes for parts of words: extensions B to F, and the compatible ones. */
export function isRareIdeograph(point: number): boolean {
  return (
    (point >= 0x20000 && point <= 0x2a6df) ||
    (point >= 0x2a700 && point <= 0x2ebef) ||
    (point >= 0x2f800 && point <= 0x2fa1f)
  );
}
