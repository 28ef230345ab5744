/** What a batch holds at most. */
export interface BatchLimits {
  /** The sum of what `sizeOf` says of its items: bytes, mostly. */
  readonly size: number;
  readonly items?: number;
}

/**
 * Cuts items into batches within the limits, in their order. One that is too large alone stays alone: the receiver of
 * the batch refuses it.
 */
export function* batches<T>(
  items: Iterable<T>,
  limits: BatchLimits,
  sizeOf: (item: T) => number,
): Generator<T[], undefined, undefined> {
  const { size: largest, items: most = Number.POSITIVE_INFINITY } = limits;
  let batch: T[] = [];
  let filled = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (filled + size > largest || batch.length >= most)) {
      yield batch;
      batch = [];
      filled = 0;
    }
    batch.push(item);
    filled += size;
  }
  if (batch.length > 0) yield batch;
}
