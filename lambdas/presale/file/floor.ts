const digits: Readonly<Record<string, number>> = {
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

const numeral = /^(?:([一二三四五六七八九])百)?(零)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?$/;

/**
 * One floor: 十三層 is 13, 地下三層 is -3. `undefined` for what is not exactly one floor (全, 見其他登記事項, 1+2層,
 * 一至四層).
 */
export function floorNumber(text: string): number | undefined {
  const [, basement, written] = /^(地下)?(.+?)層?$/.exec(text.trim()) ?? [];
  if (written === undefined) return undefined;
  const floor = /^\d{1,9}$/.test(written) ? Number(written) : chineseNumber(written);
  return floor === undefined || basement === undefined ? floor : -floor;
}

/** Chinese numerals from 一 to 九百九十九. */
function chineseNumber(text: string): number | undefined {
  const [whole, hundreds, zero, tens, ten, ones] = numeral.exec(text) ?? [];
  if (whole === undefined || whole === '') return undefined;
  // 一百零一 needs its 零; 零 anywhere else, or at the end, is no numeral.
  if ((zero !== undefined) !== (hundreds !== undefined && ten === undefined && ones !== undefined)) return undefined;
  return digit(hundreds) * 100 + (ten === undefined ? 0 : (digit(tens) || 1) * 10) + digit(ones);
}

function digit(numeralDigit: string | undefined): number {
  return digits[numeralDigit ?? ''] ?? 0;
}
