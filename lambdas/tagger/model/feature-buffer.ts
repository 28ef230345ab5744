import { finish } from './hash.ts';

/** The hashed features of one text; reused from text to text, as a list of each would cost more than the model. */
export interface FeatureBuffer {
  hashes: Uint32Array;
  length: number;
}

/** An empty buffer; it grows with the longest text it sees. */
export function featureBuffer(): FeatureBuffer {
  return { hashes: new Uint32Array(1024), length: 0 };
}

/** Ends the running hash of a feature and keeps it. */
export function add(buffer: FeatureBuffer, hash: number): void {
  if (buffer.length === buffer.hashes.length) {
    const larger = new Uint32Array(buffer.length * 2);
    larger.set(buffer.hashes);
    buffer.hashes = larger;
  }
  buffer.hashes[buffer.length] = finish(hash);
  buffer.length += 1;
}
