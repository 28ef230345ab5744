/** Charsets of seven bits that shift between ASCII and a table of two-byte characters. */
type ShiftedCharset = 'hz-gb-2312' | 'iso-2022-kr' | 'iso-2022-cn';

const [lineFeed, shiftOut, shiftIn, designation, tilde] = [0x0a, 0x0e, 0x0f, 0x1b, 0x7e];
const [openBrace, closeBrace] = [0x7b, 0x7d];
// `ESC $ ) A` names the table that SO shifts to; the last byte is its name.
const designationBytes = 4;
const gb2312 = 'A'.charCodeAt(0);
// No decoder reads it: whichever table it stands in, it becomes U+FFFD.
const unreadable = 0xff;

/**
 * Which of these charsets the bytes are in, told by their own escapes; `undefined` for none. Browsers read none of them
 * any longer, since markup can hide in them; here nothing runs.
 */
export function shiftedCharset(body: Uint8Array): ShiftedCharset | undefined {
  const ascii = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (ascii.includes('\x1b$)C')) return 'iso-2022-kr';
  if (ascii.includes('\x1b$)A') || ascii.includes('\x1b$)G')) return 'iso-2022-cn';
  return ascii.includes('~{') && ascii.includes('~}') ? 'hz-gb-2312' : undefined;
}

/** The text of bytes in one of these charsets: unshifted they are GB 2312 or EUC-KR, which the platform reads. */
export function shiftedText(body: Uint8Array, charset: ShiftedCharset): string {
  const unshifted = charset === 'hz-gb-2312' ? withoutTildes(body) : withoutShifts(body);
  return new TextDecoder(charset === 'iso-2022-kr' ? 'euc-kr' : 'gb18030').decode(unshifted);
}

/** HZ: `~{` shifts, `~}` and the end of a line shift back, `~~` is a tilde. Source: RFC 1843. */
function withoutTildes(body: Uint8Array): Uint8Array {
  const text = Buffer.alloc(body.byteLength);
  let [length, shifted] = [0, false];
  for (let at = 0; at < body.byteLength; at += 1) {
    const byte = body[at] ?? 0;
    const next = body[at + 1];
    if (byte === lineFeed) shifted = false;
    if (byte === tilde && (next === openBrace || next === closeBrace || next === lineFeed || next === tilde)) {
      at += 1;
      if (next === tilde) text[length++] = tilde;
      else shifted = next === openBrace;
    } else text[length++] = shifted ? byte | 0x80 : byte;
  }
  return text.subarray(0, length);
}

/** ISO 2022: SO shifts to the table that was designated last, SI and the end of a line shift back. Source: RFC 1557, 1922. */
function withoutShifts(body: Uint8Array): Uint8Array {
  const text = Buffer.alloc(body.byteLength);
  let [length, shifted, readable] = [0, false, true];
  for (let at = 0; at < body.byteLength; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === shiftOut || byte === shiftIn || byte === lineFeed) shifted = byte === shiftOut;
    if (byte === designation && body[at + 1] === 0x24) {
      const table = body[at + designationBytes - 1] ?? gb2312;
      readable = table === gb2312 || table === 'C'.charCodeAt(0);
      at += designationBytes - 1;
    } else if (byte !== shiftOut && byte !== shiftIn) {
      text[length++] = shifted ? (readable ? byte | 0x80 : unreadable) : byte;
    }
  }
  return text.subarray(0, length);
}
