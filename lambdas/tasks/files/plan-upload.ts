const mebi = 1024 * 1024;

/** Larger files come in parts: a broken connection costs one part, and parts go side by side. */
export const largestSingleBytes = 100 * 1000 * 1000;

// S3 takes 10,000 parts of 5 MiB to 5 GiB. 16 MiB make few requests of a small file, and little loss of a broken one.
const mostParts = 10_000;
const leastPartBytes = 16 * mebi;

/** S3 takes objects to 5 TiB. */
export const largestFileBytes = 5 * 1024 ** 4;

/** The size of each part but the last, in whole MiB. */
export function partBytesFor(size: number): number {
  return Math.max(leastPartBytes, Math.ceil(size / mostParts / mebi) * mebi);
}

/** How many parts there are. */
export function partCount(size: number, partBytes: number): number {
  return Math.ceil(size / partBytes);
}

/** One part to be uploaded. */
export interface PlannedPart {
  /** From 1 on. */
  readonly number: number;
  readonly bytes: number;
}

/** At most `count` parts from number `from` on. */
export function partsFrom(
  { size, partBytes }: { readonly size: number; readonly partBytes: number },
  { from, count }: { readonly from: number; readonly count: number },
): readonly PlannedPart[] {
  const last = Math.min(partCount(size, partBytes), from + count - 1);
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => {
    const number = from + index;
    return { number, bytes: Math.min(partBytes, size - (number - 1) * partBytes) };
  });
}
