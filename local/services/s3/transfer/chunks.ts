import { S3Error } from '../errors.ts';

/** Undoes `aws-chunked`: yields the data, then puts the trailing headers into the map, names in lower case. */
export async function* decodeChunks(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const input = new ByteReader(source);
  for (;;) {
    const size = chunkSize(await input.line());
    if (size === 0) break;
    yield* input.take(size);
    if ((await input.line()) !== '') throw malformed();
  }
  for (;;) {
    const line = await input.line();
    if (line === undefined || line === '') return;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed();
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function chunkSize(line: string | undefined): number {
  // `1000;chunk-signature=...`; signatures are not checked here.
  const digits = /^([0-9a-f]+)(;.*)?$/i.exec(line ?? '')?.[1];
  if (!digits) throw malformed();
  return Number.parseInt(digits, 16);
}

function malformed(): S3Error {
  return new S3Error(400, 'IncompleteBody', 'The aws-chunked body ends early or is malformed.');
}

// The longest line is a chunk header with its signature, about 100 bytes.
const lineLimit = 1024;

class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Without its line end; `undefined` at the end of the input. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > lineLimit) throw malformed();
      if (!(await this.#more())) return this.#rest.length === 0 ? undefined : this.#last();
    }
  }

  async *take(count: number): AsyncGenerator<Uint8Array> {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw malformed();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    const piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    return true;
  }

  #last(): string {
    const line = this.#rest.toString('latin1');
    this.#rest = Buffer.alloc(0);
    return line;
  }
}
