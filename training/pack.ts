import { wordHash } from '../lambdas/tagger/model/features.ts';
import { type ModelTables, rarityBuckets, scaleOf } from '../lambdas/tagger/model/model-file.ts';
import { bucketBits, type Corpus } from './vocabulary.ts';

/** Weights less their mean over the labels, which changes no probability, and the largest of each entry. */
interface Centred {
  readonly weights: Float32Array;
  readonly largest: Float32Array;
  /** Length of each feature's weights: how much it says. */
  readonly strength: Float32Array;
}

function centre(weights: Float32Array, k: number): Centred {
  const count = weights.length / k;
  const centred = new Float32Array(weights.length);
  const largest = new Float32Array(count);
  const strength = new Float32Array(count);
  for (let f = 0; f < count; f += 1) {
    const own = weights.subarray(f * k, f * k + k);
    const mean = own.reduce((sum, weight) => sum + weight, 0) / k;
    let squares = 0;
    for (const [c, weight] of own.entries()) {
      centred[f * k + c] = weight - mean;
      squares += (weight - mean) ** 2;
      largest[f] = Math.max(largest[f] ?? 0, Math.abs(weight - mean));
    }
    strength[f] = Math.sqrt(squares);
  }
  return { weights: centred, largest, strength };
}

/** Keeps the features that say most and writes them as a model's tables: seven bytes each for ten labels. */
export function pack(corpus: Corpus, weights: Float32Array, options: { labelCount: number; entries: number }) {
  const { labelCount: k } = options;
  const { weights: centred, largest, strength } = centre(weights, k);
  const kept = Uint32Array.from(corpus.keys.keys())
    .sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0) || a - b)
    .subarray(0, options.entries)
    .sort((a, b) => (corpus.keys[a] ?? 0) - (corpus.keys[b] ?? 0));
  const bytes = Math.ceil(k / 2);
  const tables = {
    counts: new Uint8Array(1 << bucketBits),
    fingerprints: new Uint8Array(kept.length),
    scales: new Uint8Array(kept.length),
    weights: new Uint8Array(kept.length * bytes).fill(0x88),
  };
  for (const [entry, id] of kept.entries()) {
    const key = corpus.keys[id] ?? 0;
    const bucket = key >>> 8;
    // 255 features in a bucket of four on average don't happen by chance; if they do, the file must not lie.
    if (tables.counts[bucket] === 255) throw new RangeError('A bucket of the model is full');
    tables.counts[bucket] = (tables.counts[bucket] ?? 0) + 1;
    tables.fingerprints[entry] = key & 255;
    const code = Math.min(255, Math.max(0, Math.ceil((Math.log2(largest[id] || 1e-9) + 12) * 16)));
    tables.scales[entry] = code;
    for (let c = 0; c < k; c += 1) {
      const step = Math.round(((centred[id * k + c] ?? 0) / scaleOf(code)) * 7);
      const four = 8 + Math.min(7, Math.max(-7, step));
      const at = entry * bytes + (c >> 1);
      const other = tables.weights[at] ?? 0;
      tables.weights[at] = c % 2 === 0 ? (four << 4) | (other & 15) : (other & 0xf0) | four;
    }
  }
  return tables;
}

/** How rare each word is among texts, for keywords. Of words that share a bucket the commonest counts. */
export function packRarity(texts: Iterable<readonly string[]>): ModelTables['rarity'] {
  const rowsWith = new Uint32Array(rarityBuckets);
  let rows = 0;
  for (const words of texts) {
    rows += 1;
    for (const bucket of new Set(words.map((word) => wordHash(word) >>> 15)))
      rowsWith[bucket] = (rowsWith[bucket] ?? 0) + 1;
  }
  return Uint8Array.from(rowsWith, (count) => Math.min(255, Math.round(Math.log((1 + rows) / (1 + count)) * 20)));
}
