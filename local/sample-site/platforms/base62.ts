const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Nine signs for any id, as weibo and bili write theirs: 62^9 is more than 2^52. */
export function base62(id: number): string {
  let [text, left] = ['', id];
  while (left > 0) {
    text = digits.charAt(left % 62) + text;
    left = Math.floor(left / 62);
  }
  return text.padStart(9, '0');
}

/** The id that was written so. */
export function fromBase62(text: string): number {
  return [...text].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
}
