import { PermanentError } from '#kit/errors.ts';
import { type FeatureBuffer, featureBuffer } from './feature-buffer.ts';
import { collectFeatures, featureSet, type ReadText, wordHash } from './features.ts';
import { decodeModel, type ModelHeader, type ModelTables, scaleOf } from './model-file.ts';

/** A trained model, ready to be asked. */
export interface TopicModel {
  readonly about: ModelHeader;
  /** The day of its training and its checksum. */
  readonly version: string;
  /** The probability of each label, in the order of `about.labels`; undefined when it knows nothing in the text. */
  readonly classify: (text: ReadText) => Float64Array | undefined;
  /**
   * Whether enough of a text is said in words that it has learnt from: a score of what it doesn't know says only what its
   * few known parts remind it of.
   */
  readonly knows: (text: ReadText) => boolean;
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
  const scores = scorer(header, tables);
  const buffer = featureBuffer();

  const classify = (text: ReadText): Float64Array | undefined => {
    collectFeatures(buffer, text);
    const sums = scores(buffer);
    return sums && softmax(sums, header.temperature / Math.sqrt(buffer.length));
  };
  return {
    about: header,
    version: `${header.trainedAt.slice(0, 10)}-${checksum}`,
    classify,
    knows: knower(header, tables),
    rarity: (word) => (tables.rarity[wordHash(word) >>> 15] ?? 0) / 20,
  };
}

/** What the known features of a text weigh for each label, in an array that is used again; undefined: none is known. */
function scorer({ bucketBits, labels }: ModelHeader, tables: ModelTables) {
  const find = entryFinder(tables, bucketBits);
  const codes = plain(tables.scales);
  const weights = plain(tables.weights);
  const bytes = weights.length / codes.length;
  const scales = Float64Array.from({ length: 256 }, (_, code) => scaleOf(code) / 7);
  const sums = new Float64Array(bytes * 2);
  const shown = sums.subarray(0, labels.length);
  return (features: FeatureBuffer): Float64Array | undefined => {
    const { entries, known } = find(features);
    if (known === 0) return undefined;
    sums.fill(0);
    for (let i = 0; i < known; i += 1) {
      const entry = entries[i] ?? 0;
      const scale = scales[codes[entry] ?? 0] ?? 0;
      for (let at = entry * bytes, k = 0; k < sums.length; at += 1, k += 2) {
        const pair = weights[at] ?? 0;
        sums[k] = (sums[k] ?? 0) + ((pair >> 4) - 8) * scale;
        sums[k + 1] = (sums[k + 1] ?? 0) + ((pair & 15) - 8) * scale;
      }
    }
    return shown;
  };
}

/**
 * The entries of the features that are known: the upper bits of a hash name the bucket, the next eight are compared. In
 * three passes, since most of the time goes into waiting for memory, and what doesn't depend on each other waits together.
 */
function entryFinder(tables: ModelTables, bucketBits: number) {
  const { counts } = tables;
  const fingerprints = plain(tables.fingerprints);
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i += 1) starts[i + 1] = (starts[i] ?? 0) + (counts[i] ?? 0);
  let entries = new Uint32Array(1024);
  let ends = new Uint32Array(1024);
  return ({ hashes, length }: FeatureBuffer) => {
    if (entries.length < length) [entries, ends] = [new Uint32Array(hashes.length), new Uint32Array(hashes.length)];
    for (let i = 0; i < length; i += 1) {
      const bucket = (hashes[i] ?? 0) >>> (32 - bucketBits);
      entries[i] = starts[bucket] ?? 0;
      ends[i] = starts[bucket + 1] ?? 0;
    }
    let known = 0;
    for (let i = 0; i < length; i += 1) {
      const fingerprint = ((hashes[i] ?? 0) >>> (24 - bucketBits)) & 255;
      const end = ends[i] ?? 0;
      let entry = entries[i] ?? 0;
      while (entry < end && fingerprints[entry] !== fingerprint) entry += 1;
      if (entry === end) continue;
      entries[known] = entry;
      known += 1;
    }
    return { entries, known };
  };
}

// Chosen on half of the texts and reported on the other: of 5000 headlines 42 know less, of 10 English ones 9 (docs/benchmarks.md).
const fewestKnown = 2;
const knownShare = 0.6;
// A text says soon in which language it is.
const wordsAsked = 200;

function knower({ bucketBits }: ModelHeader, tables: ModelTables): TopicModel['knows'] {
  const find = entryFinder(tables, bucketBits);
  const one = featureBuffer();
  one.length = 1;
  const isKnown = (word: string) => {
    one.hashes[0] = wordHash(word);
    return find(one).known === 1;
  };
  return ({ words }) => {
    const said = words.slice(0, wordsAsked).filter((word) => /\p{L}/u.test(word));
    const known = said.filter(isKnown);
    // A single sign is part of whatever; the same word again says nothing more.
    const telling = new Set(known.filter(({ length }) => length > 1));
    return telling.size >= fewestKnown && known.length >= said.length * knownShare;
  };
}

/** Not a Buffer: V8 reads those at half the speed, in code that sees both. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** Probabilities from scores times a factor. */
function softmax(scores: Float64Array, factor: number): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  const shares = new Float64Array(scores.length);
  let total = 0;
  for (let i = 0; i < scores.length; i += 1) {
    const share = Math.exp(((scores[i] ?? 0) - highest) * factor);
    shares[i] = share;
    total += share;
  }
  for (let i = 0; i < shares.length; i += 1) shares[i] = (shares[i] ?? 0) / total;
  return shares;
}
