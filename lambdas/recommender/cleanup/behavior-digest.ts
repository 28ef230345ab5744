import { createHash } from 'node:crypto';
import type { FileRow } from '../files/columns.ts';

/** Equal digests mean equal rows in the same order; no rows are as good as none. */
export async function behaviorDigest(
  batches: AsyncIterable<readonly FileRow[]> | undefined,
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const batch of batches ?? []) {
    rows += batch.length;
    for (const row of batch) hash.update(`${JSON.stringify(row, asText)}\n`);
  }
  return { rows, sha256: hash.digest('hex') };
}

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
