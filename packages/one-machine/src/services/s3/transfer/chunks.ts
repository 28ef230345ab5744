import { createHash } from 'node:crypto';
import { S3Error } from '../errors.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';

const trailerSignature = 'x-amz-trailer-signature';

/**
 * Undoes `aws-chunked`: yields the data, then puts the trailing headers into the map, names in lower case. A chunk whose
 * signature is wrong ends the reading: what was yielded of it must not be kept.
 */
export async function* decodeChunks(
  source: AsyncIterable<Uint8Array>,
  {
    trailers,
    signatures,
  }: { readonly trailers: Map<string, string>; readonly signatures: ChunkSignatures | undefined },
): AsyncGenerator<Uint8Array> {
  const input = new ByteReader(source);
  for (;;) {
    const { size, signature } = chunkHead(await input.line());
    const hash = signatures && createHash('sha256');
    for await (const piece of input.take(size)) {
      hash?.update(piece);
      yield piece;
    }
    if (hash) await signatures?.chunk(signature, hash.digest('hex'));
    if (size === 0) break;
    if ((await input.line()) !== '') throw malformed();
  }
  for (;;) {
    const line = await input.line();
    if (line === undefined || line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed();
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const signature = trailers.get(trailerSignature);
  trailers.delete(trailerSignature);
  const lines = [...trailers].map(([name, value]) => `${name}:${value}`);
  if (lines.length > 0) await signatures?.trailers(signature, lines);
}

/** `1000;chunk-signature=...` */
function chunkHead(line: string | undefined): { readonly size: number; readonly signature: string | undefined } {
  const [, digits, , signature] = /^([0-9a-f]{1,12})(;chunk-signature=([0-9a-f]{64}))?$/i.exec(line ?? '') ?? [];
  if (!digits) throw malformed();
  return { size: Number.parseInt(digits, 16), signature };
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
