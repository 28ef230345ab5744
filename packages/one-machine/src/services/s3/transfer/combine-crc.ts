interface Crc {
  readonly bits: bigint;
  /** Reflected: the highest bit is the polynomial's lowest power. */
  readonly polynomial: bigint;
}

const crcs = {
  crc32: { bits: 32n, polynomial: 0xedb88320n },
  crc32c: { bits: 32n, polynomial: 0x82f63b78n },
  crc64nvme: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} satisfies Record<string, Crc>;

/** The checksums that S3 can tell of a whole object from those of its parts. */
export type CrcName = keyof typeof crcs;

export function isCrc(name: string): name is CrcName {
  return Object.hasOwn(crcs, name);
}

/** The CRC of pieces that stand one after the other, from theirs (base64): no byte is read again. */
export function combineCrcs(
  name: CrcName,
  pieces: readonly { readonly value: string; readonly size: number }[],
): string {
  const crc = crcs[name];
  const whole = pieces.reduce((before, { value, size }) => {
    const own = BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);
    // A register that begins and ends inverted leaves nothing else to correct (zlib's crc32_combine).
    return multiply(crc, powerOfX(crc, 8n * BigInt(size)), before) ^ own;
  }, 0n);
  return Buffer.from(whole.toString(16).padStart(Number(crc.bits / 4n), '0'), 'hex').toString('base64');
}

/** x to the power of `exponent`, modulo the polynomial. */
function powerOfX(crc: Crc, exponent: bigint): bigint {
  let result = 1n << (crc.bits - 1n);
  let square = 1n << (crc.bits - 2n);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(crc, square, result);
    square = multiply(crc, square, square);
  }
  return result;
}

/** The product of two polynomials over GF(2), modulo the CRC's. */
function multiply({ bits, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = 1n << (bits - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}
