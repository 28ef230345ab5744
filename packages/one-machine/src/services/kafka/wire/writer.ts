// Larger values are handed on as they are instead of being copied into the answer.
const copiedBytes = 4096;

/** Collects Kafka's primitive types as pieces for a socket. */
export class Writer {
  readonly #pieces: Buffer[] = [];
  #room = Buffer.allocUnsafe(512);
  #used = 0;
  #length = 0;

  int8(value: number): void {
    const at = this.#take(1);
    this.#room.writeInt8(value, at);
  }

  int16(value: number): void {
    const at = this.#take(2);
    this.#room.writeInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.#take(4);
    this.#room.writeInt32BE(value, at);
  }

  int64(value: number): void {
    const at = this.#take(8);
    this.#room.writeBigInt64BE(BigInt(value), at);
  }

  /** Up to 127, which is all that tagged sections of ours need. */
  smallUnsignedVarint(value: number): void {
    if (value > 127) throw new RangeError(`${value} takes more than one byte`);
    this.int8(value);
  }

  bytes(value: Uint8Array): void {
    if (value.length <= copiedBytes) {
      const at = this.#take(value.length);
      this.#room.set(value, at);
      return;
    }
    this.#seal();
    this.#pieces.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    this.#length += value.length;
  }

  /** The length in four bytes, then everything written. */
  frame(): readonly Buffer[] {
    this.#seal();
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(this.#length);
    return [length, ...this.#pieces];
  }

  /** Makes room and returns where it starts: in `#room` as it is afterwards. */
  #take(length: number): number {
    if (this.#used + length > this.#room.length) {
      this.#seal();
      this.#room = Buffer.allocUnsafe(Math.max(length, copiedBytes));
    }
    const start = this.#used;
    this.#used += length;
    this.#length += length;
    return start;
  }

  #seal(): void {
    if (this.#used > 0) this.#pieces.push(this.#room.subarray(0, this.#used));
    this.#room = this.#room.subarray(this.#used);
    this.#used = 0;
  }
}
