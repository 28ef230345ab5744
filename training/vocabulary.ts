import { segment } from '#language/segmenter.ts';
import { featureBuffer } from '../lambdas/tagger/model/feature-buffer.ts';
import { collectFeatures } from '../lambdas/tagger/model/features.ts';
import { readText } from '../lambdas/tagger/model/read-text.ts';
import type { Row } from './rows.ts';

/** Bits of a feature's hash that a model can tell apart: those of its bucket and its fingerprint. */
export const bucketBits = 18;
const keyBits = bucketBits + 8;

/** Training rows as numbers. */
export interface Corpus {
  /** Row by row the ids of its features, one after another; row r has those from starts[r] to starts[r + 1]. */
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  /** The label of each row. */
  readonly labels: Uint8Array;
  /** By id: the bits of the feature's hash that a model keeps. */
  readonly keys: Uint32Array;
  /** By id: in how many rows the feature is. */
  readonly rowsWith: Uint32Array;
}

/** Reads all rows. Features seen once are kept: they take up what only one headline says, so that others needn't. */
export function readCorpus(rows: readonly Row[], labels: readonly string[]): Corpus {
  const buffer = featureBuffer();
  const idOf = new Map<number, number>();
  const ids: number[] = [];
  const rowsWith: number[] = [];
  const lastRow: number[] = [];
  const starts = new Int32Array(rows.length + 1);
  for (const [r, { text }] of rows.entries()) {
    collectFeatures(buffer, readText(text, segment));
    for (let i = 0; i < buffer.length; i += 1) {
      const key = (buffer.hashes[i] ?? 0) >>> (32 - keyBits);
      const id = idOf.get(key) ?? idOf.size;
      idOf.set(key, id);
      ids.push(id);
      if (lastRow[id] !== r) rowsWith[id] = (rowsWith[id] ?? 0) + 1;
      lastRow[id] = r;
    }
    starts[r + 1] = ids.length;
  }
  const place = new Map(labels.map((label, at) => [label, at]));
  return {
    ids: Int32Array.from(ids),
    starts,
    labels: Uint8Array.from(rows, ({ label }) => place.get(label) ?? 0),
    keys: Uint32Array.from(idOf.keys()),
    rowsWith: Uint32Array.from(rowsWith),
  };
}

/**
 * By feature: the square root of its inverse document frequency, so that rare features learn faster; divided by 3, about
 * the root's mean, so that a text's values have a length of about 1.
 */
export const featureValues = ({ rowsWith, labels }: Corpus): Float64Array =>
  Float64Array.from(rowsWith, (rows) => Math.sqrt(Math.log((1 + labels.length) / (1 + rows)) + 1) / 3);
