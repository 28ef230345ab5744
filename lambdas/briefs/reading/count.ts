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

// `1.2万`, `100万+`, `3,456`, `12万次播放`: a number, its unit, the sign of a lower bound before or after what is counted.
const written = /^(\d[\d,]*(?:\.\d+)?)\s*([千万萬亿億kwm])?\s*(\+)?\s*(?:次播放|次观看|播放|次|人|个|条)?\s*(\+)?$/i;

/**
 * Reads a count: an integer, or text such as `1.2万` (12,000), `3.4亿`, `100万+` (1,000,000 and more). `undefined` where
 * the platform tells none: absent, `-`, an empty text, a word in place of the number (`赞`), a negative number.
 */
export function readCount(shown: unknown): Count | undefined {
  if (typeof shown === 'number') return counted(shown, false);
  if (typeof shown !== 'string') return undefined;
  const [, digits, unit, ...plus] = written.exec(shown.normalize('NFKC').trim()) ?? [];
  if (digits === undefined) return undefined;
  const factor = unit === undefined ? 1 : (units[unit.toLowerCase()] ?? Number.NaN);
  // Text has few decimals, and a factor turns them into a whole number but for the error of binary fractions.
  return counted(Math.round(Number(digits.replaceAll(',', '')) * factor), plus.includes('+'));
}

/** The same as a figure of an article: null where it is unknown. */
export function countOf(shown: unknown): number | null {
  return readCount(shown)?.value ?? null;
}

function counted(value: number, atLeast: boolean): Count | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? { value, atLeast } : undefined;
}
