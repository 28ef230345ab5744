import { PermanentError } from '#kit/errors.ts';
import { featureBuffer } from './feature-buffer.ts';
import { collectFeatures, featureSet, type ReadText, wordHash } from './features.ts';
import { decodeModel, type ModelHeader, scaleOf } from './model-file.ts';

/** A trained model, ready to be asked. */
export interface TopicModel {
  readonly about: ModelHeader;
  /** The day of its training and its checksum. */
  readonly version: string;
  /** The probability of each label, in the order of `about.labels`; undefined when it knows nothing in the text. */
  readonly classify: (text: ReadText) => Float64Array | undefined;
  /** How rare a folded word is: the logarithm of one over its share of the training rows. */
  readonly rarity: (word: string) => number;
}

/** Reads a model file. Throws a PermanentError that says what is wrong with it. */
export function readModel(file: Buffer): TopicModel {
  const { header, tables, checksum } = decodeModel(file);
  if (header.featureSet !== featureSet)
    throw new PermanentError(
      `The model was trained on features ${header.featureSet}; these are ${featureSet}: train it anew`,
    );
  const find = entryFinder(tables.counts, tables.fingerprints, header.bucketBits);
  const scales = Float64Array.from({ length: 256 }, (_, code) => scaleOf(code) / 7);
  const labels = header.labels.length;
  const bytes = Math.ceil(labels / 2);
  const buffer = featureBuffer();
  const { weights } = tables;

  const classify = (text: ReadText): Float64Array | undefined => {
    collectFeatures(buffer, text);
    const sums = new Float64Array(bytes * 2);
    let known = 0;
    for (let i = 0; i < buffer.length; i += 1) {
      const entry = find(buffer.hashes[i] ?? 0);
      if (entry < 0) continue;
      known += 1;
      const scale = scales[tables.scales[entry] ?? 0] ?? 0;
      for (let at = entry * bytes, k = 0; k < sums.length; at += 1, k += 2) {
        const pair = weights[at] ?? 0;
        sums[k] = (sums[k] ?? 0) + ((pair >> 4) - 8) * scale;
        sums[k + 1] = (sums[k + 1] ?? 0) + ((pair & 15) - 8) * scale;
      }
    }
    return known === 0 ? undefined : softmax(sums.subarray(0, labels), header.temperature / Math.sqrt(buffer.length));
  };
  return {
    about: header,
    version: `${header.trainedAt.slice(0, 10)}-${checksum}`,
    classify,
    rarity: (word) => (tables.rarity[wordHash(word) >>> 15] ?? 0) / 20,
  };
}

/** An entry by the hash of its feature: the upper bits name the bucket, the next eight are compared. -1: unknown. */
function entryFinder(counts: Uint8Array, fingerprints: Uint8Array, bucketBits: number): (hash: number) => number {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i += 1) starts[i + 1] = (starts[i] ?? 0) + (counts[i] ?? 0);
  return (hash) => {
    const bucket = hash >>> (32 - bucketBits);
    const fingerprint = (hash >>> (24 - bucketBits)) & 255;
    const end = starts[bucket + 1] ?? 0;
    for (let i = starts[bucket] ?? 0; i < end; i += 1) if (fingerprints[i] === fingerprint) return i;
    return -1;
  };
}

/** Probabilities from scores times a factor. */
function softmax(scores: Float64Array, factor: number): Float64Array {
  const highest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const shares = scores.map((score) => Math.exp((score - highest) * factor));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
