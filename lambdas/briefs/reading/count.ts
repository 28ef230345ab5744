/** A count as a platform shows it: `atLeast` where it only gives a lower bound (`100万+`). */
export interface Count {
  readonly value: number;
  readonly atLeast: boolean;
}

const units: Readonly<Record<string, number>> = {
  千: 1_000,
  k: 1_000,
  万: 10_000,
  萬: 10_000,
  w: 10_000,
  m: 1_000_000,
  亿: 100_000_000,
  億: 100_000_000,
};

// The pattern looks at blanks more than once; no count is longer.
const longestShown = 100;

// `1.2万`, `100万+`, `3,456`, `12万次播放`: a number, its unit, the sign of a lower bound before or after what is counted.
const written =
  /^(\d[\d,]*(?:\.\d+)?)\s*([千万萬亿億kwm])?\s*(\+|以上|多)?\s*(?:次?播放|次?观看|阅读|浏览|粉丝|点?赞|评论|转发|收藏|弹幕|次|人|个|条)?\s*(\+|以上)?$/i;

/**
 * Reads a count: an integer, or text such as `1.2万` (12,000), `3.4亿`, `100万+` (1,000,000 and more). `undefined` where
 * the platform tells none: absent, `-`, an empty text, a word in place of the number (`赞`), a negative number.
 */
export function readCount(shown: unknown): Count | undefined {
  if (typeof shown === 'number') return counted(shown, false);
  if (typeof shown !== 'string' || shown.length > longestShown) return undefined;
  const [, digits, unit, ...plus] = written.exec(shown.normalize('NFKC').trim()) ?? [];
  if (digits === undefined) return undefined;
  const factor = unit === undefined ? 1 : (units[unit.toLowerCase()] ?? Number.NaN);
  const number = Number(digits.replaceAll(',', ''));
  // Text has few decimals, and a factor turns them into a whole number but for the error of binary fractions.
  return counted(factor === 1 ? number : Math.round(number * factor), plus.some(Boolean));
}

/** The same as a figure of an article: null where it is unknown. */
export function countOf(shown: unknown): number | null {
  return readCount(shown)?.value ?? null;
}

function counted(value: number, atLeast: boolean): Count | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? { value, atLeast } : undefined;
}
