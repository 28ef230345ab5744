import { isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import { getEncoding } from 'encoding-sniffer';

/**
 * A page's text. The charset comes from a byte order mark, else from the Content-Type header, else from the page's meta
 * tags (WHATWG prescan), else from the bytes themselves. Bytes that the charset doesn't have become U+FFFD.
 */
export function pageText(body: Uint8Array, contentType: string): string {
  const [, label] = /;\s*charset\s*=\s*["']?([^"';\s]+)/.exec(contentType) ?? [];
  const encoding = getEncoding(Buffer.from(body.buffer, body.byteOffset, body.byteLength), {
    defaultEncoding: guessed(body),
    ...(label === undefined ? {} : { transportLayerEncodingLabel: label }),
  });
  return new TextDecoder(encoding).decode(body);
}

// More bytes make the guess no better, only slower.
const sampleBytes = 64 * 1024;

function guessed(body: Uint8Array): string {
  if (isUtf8(body)) return 'utf-8';
  const sample = body.subarray(0, sampleBytes);
  return wideEncoding(sample) ?? chardet.detect(withoutTags(sample)) ?? 'windows-1252';
}

/** UTF-16 without a mark: markup is ASCII, so that every other byte of it is zero. */
function wideEncoding(sample: Uint8Array): string | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = sample.byteLength / 20;
  if (odd > many && odd > even * 10) return 'utf-16le';
  if (even > many && even > odd * 10) return 'utf-16be';
  return undefined;
}

/** Markup is ASCII in every charset and drowns the few letters that tell. */
function withoutTags(sample: Uint8Array): Uint8Array {
  return Buffer.from(
    Buffer.from(sample)
      .toString('latin1')
      .replace(/<[^<>]*>/g, ' '),
    'latin1',
  );
}
