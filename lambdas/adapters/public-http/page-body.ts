import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { PageError } from '#kit/pages/page-error.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** What we say we take. */
export const acceptEncoding = 'gzip, br, zstd, deflate';

// Two layers exist in the wild; more are made to multiply a small bomb.
const mostLayers = 2;

/** The body, decoded, at most `maxBytes` of it: a bomb is stopped while it unfolds. Throws a PageError. */
export async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of decoded(answer) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new PageError('TooLarge', `The page is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (isZlib(cause)) throw new PageError('BadEncoding', `The body is not what its encoding says`, { cause });
    throw cause;
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks, bytes);
}

function decoded(answer: IncomingMessage): Readable {
  const names = (answer.headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > mostLayers) throw new PageError('BadEncoding', `Encoded ${names.length} times`);
  // The last one named was applied last (RFC 9110, section 8.4).
  const layers = names.toReversed().map((name) => {
    const decoder = decoders[name];
    if (!decoder) throw new PageError('BadEncoding', `Nothing decodes ${name}`);
    return decoder();
  });
  // The reader of the last one gets the error of any.
  return layers.reduce<Readable>((from, layer) => pipeline(from, layer, () => undefined), answer);
}

/** What Node's decoders of all four kinds call their errors. */
function isZlib(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ZSTD_|ERR_BROTLI|ERR__ERROR)/.test(code);
}
