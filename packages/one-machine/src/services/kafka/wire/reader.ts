/** A request that isn't what its API and version say. The connection ends: nothing after it can be trusted either. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

/** Reads Kafka's primitive types off a frame. Throws {@link MalformedRequestError} beyond its end. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#skip(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#skip(4));
  }

  /** Offsets, times and producers' ids: none of them comes near 2^53. */
  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#skip(8)));
  }

  /** A view, not a copy: it lives as long as the frame. */
  bytes(length: number): Buffer {
    if (length < 0) throw new MalformedRequestError(`A length of ${length}`);
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** How many elements follow; each takes at least a byte, so a larger number is a lie. */
  count(): number {
    const count = this.int32();
    if (count > this.#bytes.length - this.#at) throw new MalformedRequestError(`An array of ${count} elements`);
    return count;
  }

  #skip(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new MalformedRequestError('The request ends before its fields do');
    this.#at = start + length;
    return start;
  }
}
