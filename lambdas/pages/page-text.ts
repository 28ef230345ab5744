import { isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import { getEncoding } from 'encoding-sniffer';
import { shiftedCharset, shiftedText } from './charsets/shifted-text.ts';
import { isUtf8Whatever, wideEncoding } from './charsets/utf.ts';

/**
 * A page's text. The charset comes from a byte order mark, else from the Content-Type header, else from the page's meta
 * tags (WHATWG prescan), else from the bytes themselves; bytes that are UTF-8 are read so under any label. Bytes that the charset doesn't have become U+FFFD. A charset that
 * WHATWG refuses to read (`replacement`) or that isn't known here is never the end of a page: its bytes are asked instead.
 */
export function pageText(body: Uint8Array, contentType: string): string {
  const [, label] = /;\s*charset\s*=\s*["']?([^"';\s]+)/.exec(contentType) ?? [];
  const guess = guessed(body);
  const named = getEncoding(Buffer.from(body.buffer, body.byteOffset, body.byteLength), {
    defaultEncoding: guess,
    ...(label === undefined ? {} : { transportLayerEncodingLabel: label }),
  });
  if (isUtf8Whatever(body, named)) return new TextDecoder('utf-8').decode(body);
  const shifted = named === 'replacement' || /^iso-2022-(kr|cn)$/i.test(guess) ? shiftedCharset(body) : undefined;
  if (shifted) return shiftedText(body, shifted);
  return (decoderOf(named) ?? decoderOf(guess) ?? new TextDecoder('windows-1252')).decode(body);
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(encoding);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

// More bytes make the guess no better, only slower.
const sampleBytes = 64 * 1024;

function guessed(body: Uint8Array): string {
  const sample = body.subarray(0, sampleBytes);
  // Bytes of ideographs may all be ASCII: zeros are looked for first.
  const wide = wideEncoding(sample);
  if (wide) return wide;
  // Text that shifts by escapes looks like ASCII to code that doesn't know them.
  if (isUtf8(body)) return (sample.includes(0x1b) && escapedEncoding(sample)) || 'utf-8';
  return chardet.detect(withoutTags(sample)) ?? 'windows-1252';
}

function escapedEncoding(sample: Uint8Array): string | undefined {
  const found = chardet.detect(sample);
  return found?.startsWith('ISO-2022-') ? found : undefined;
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
