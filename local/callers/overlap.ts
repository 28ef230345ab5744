const milliseconds: Readonly<Record<string, number>> = { h: 3_600_000, d: 24 * 3_600_000 };

/** `90d` or `12h` in milliseconds: for how long two secrets are accepted. Throws in words for another text. */
export function overlapMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([hd])$/.exec(text) ?? [];
  const each = milliseconds[unit];
  if (each === undefined) throw new Error(`--overlap takes hours or days, as 12h or 7d; not “${text}”.`);
  return Number(count) * each;
}
