import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { readJsonAs } from '#kit/text/json.ts';

/** What a model file says of itself. */
export const modelHeader = z.object({
  labels: z.array(z.string().min(1)).min(2).max(256),
  /** Which features it was trained on; the code makes one set. */
  featureSet: z.string(),
  bucketBits: z.int().min(1).max(24),
  entries: z.int().positive(),
  /** Of a weight of 1; scores are multiplied by it, so that their softmax is a calibrated probability. */
  temperature: z.number().positive(),
  trainedAt: z.iso.datetime(),
  rows: z.int().positive(),
  seed: z.int(),
  members: z.int().positive(),
  /** Share of right answers, and on what it was measured; held-out rows are rows of the training file not trained on. */
  accuracy: z.object({ value: z.number(), on: z.enum(['dev', 'held-out']), rows: z.int() }),
});

export type ModelHeader = z.infer<typeof modelHeader>;

/** The tables of a model, as they lie in its file. */
export interface ModelTables {
  /** How many entries each bucket has. */
  readonly counts: Uint8Array;
  /** Eight more bits of the feature's hash: one unknown feature in sixty is taken for a known one. */
  readonly fingerprints: Uint8Array;
  /** The largest weight of an entry, as {@link scaleOf} reads it. */
  readonly scales: Uint8Array;
  /** Two weights of four bits in a byte; 8 is nought, 1 and 15 are minus and plus the entry's scale. */
  readonly weights: Uint8Array;
  /** By a word's hash: how rare it is, 20 for each e-fold. */
  readonly rarity: Uint8Array;
}

/** Buckets of words whose rarity is kept; `finish(hash) >>> 15`. */
export const rarityBuckets = 1 << 17;

/** Sixteen steps for each doubling, from 2^-12 to 2^4. */
export const scaleOf = (code: number): number => 2 ** (code / 16 - 12);

const magic = 'MILLRACE-TOPICS1';
const sizes = ({ bucketBits, entries, labels }: ModelHeader) => ({
  counts: 1 << bucketBits,
  fingerprints: entries,
  scales: entries,
  weights: entries * Math.ceil(labels.length / 2),
  rarity: rarityBuckets,
});

/** Magic, length of the header, header as JSON, the tables one after another, CRC-32 of it all. */
export function encodeModel(header: ModelHeader, tables: ModelTables): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const { counts, fingerprints, scales, weights, rarity } = tables;
  const body = Buffer.concat([Buffer.from(magic), length, json, counts, fingerprints, scales, weights, rarity]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, sum]);
}

/** Throws a PermanentError that says what is wrong with the file. */
export function decodeModel(file: Buffer): { header: ModelHeader; tables: ModelTables; checksum: string } {
  const start = magic.length + 4;
  if (file.length < start + 4 || file.toString('latin1', 0, magic.length) !== magic)
    throw new PermanentError(`Not a model file: it doesn't begin with ${magic}`);
  const sum = file.readUInt32LE(file.length - 4);
  if (crc32(file.subarray(0, file.length - 4)) !== sum)
    throw new PermanentError('The model file is damaged: its checksum is wrong');
  const bodyAt = start + file.readUInt32LE(magic.length);
  const header = readHeader(file.toString('utf8', start, bodyAt));
  let at = bodyAt;
  const take = (length: number) => {
    at += length;
    return file.subarray(at - length, at);
  };
  const { counts, fingerprints, scales, weights, rarity } = sizes(header);
  const tables = {
    counts: take(counts),
    fingerprints: take(fingerprints),
    scales: take(scales),
    weights: take(weights),
    rarity: take(rarity),
  };
  const counted = tables.counts.reduce((total, count) => total + count, 0);
  if (at !== file.length - 4 || counted !== header.entries)
    throw new PermanentError(`The model file is damaged: its tables don't have the ${header.entries} entries it names`);
  return { header, tables, checksum: sum.toString(16).padStart(8, '0') };
}

function readHeader(text: string): ModelHeader {
  return readJsonAs(modelHeader, text, 'The header of the model file');
}
