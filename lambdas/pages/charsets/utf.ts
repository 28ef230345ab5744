import { isUtf8 } from 'node:buffer';

/** What bytes themselves say of UTF-8 and UTF-16, whatever a label says. */

// Of two bytes each, so many in a row of what another charset means are no chance any more: one in six is such a pair.
const fewestPairs = 4;
// What writes East Asian characters with two bytes each: a short text of it may read as UTF-8 by chance.
const twoByteLabel = /^(gb|euc-|big5|shift_jis|iso-2022)/i;

/**
 * True for bytes that are UTF-8 although a label says otherwise: no other text of more than a few letters reads as it. ASCII
 * alone says nothing, and so do two-byte characters that the label may mean.
 */
export function isUtf8Whatever(body: Uint8Array, label: string): boolean {
  if (!isUtf8(body)) return false;
  let pairs = 0;
  for (const byte of body) {
    if (byte >= 0xe0) return true;
    if (byte >= 0xc2) pairs += 1;
    if (pairs >= fewestPairs) return true;
  }
  return pairs > 0 && !twoByteLabel.test(label);
}

// Fewer characters may be anything.
const fewestUnits = 8;
const plausibleShare = 0.8;
const chanceShare = 0.5;

/**
 * UTF-16 without a mark. Its order is that in which the characters are such as pages have, while in the other they are not;
 * for other scripts it is where the zeros of the markup's ASCII stand.
 */
export function wideEncoding(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  // No other charset has a zero anywhere, and two bytes of theirs may well be an ideograph.
  if (even + odd === 0) return undefined;
  const plausible = byPlausibility(sample);
  if (plausible) return plausible;
  const many = sample.byteLength / 20;
  if (odd > many && odd > even * 10) return 'utf-16le';
  return even > many && even > odd * 10 ? 'utf-16be' : undefined;
}

function byPlausibility(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const units = Math.floor(sample.byteLength / 2);
  if (units < fewestUnits) return undefined;
  const view = new DataView(sample.buffer, sample.byteOffset, units * 2);
  const share = (littleEndian: boolean) => {
    let plausible = 0;
    for (let at = 0; at < units; at += 1) if (isPlausible(view.getUint16(at * 2, littleEndian))) plausible += 1;
    return plausible / units;
  };
  const [little, big] = [share(true), share(false)];
  if (little >= plausibleShare && big < chanceShare) return 'utf-16le';
  return big >= plausibleShare && little < chanceShare ? 'utf-16be' : undefined;
}

/** ASCII and Latin, general punctuation, kana and CJK signs, ideographs, full width; no ASCII that stands the wrong way round. */
function isPlausible(unit: number): boolean {
  if (unit < 0x250) return unit >= 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
  if ((unit & 0xff) === 0) return unit === 0x4e00 || unit === 0x3000;
  return (
    (unit >= 0x2000 && unit < 0x2070) ||
    (unit >= 0x3000 && unit < 0x3100) ||
    (unit >= 0x4e00 && unit < 0xa000) ||
    (unit >= 0xff00 && unit < 0xfff0)
  );
}
